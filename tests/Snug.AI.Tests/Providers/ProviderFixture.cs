using Snug.Server;
using Snug.TestKit;

namespace Snug.AI.Tests;

/// <summary>
/// A hub on loopback with a small model that anybody may read, the same behind a gate, and one account; and an environment that knows of
/// nothing but this hub.
/// </summary>
internal sealed class ProviderFixture : IAsyncDisposable
{
    public const string Model = "snug/open";
    public const string Gated = "snug/gated";
    public const string Encoder = "snug/encoder";
    public const string Token = "hf_DEMOprovider000000000000000000000000000";
    public const string Stranger = "hf_DEMOstranger000000000000000000000000000";

    private readonly TemporaryFolder _folder = new();

    private ProviderFixture(TestHub hub) => Hub = hub;

    public TestHub Hub { get; }

    public CapturingLogger Log { get; } = new();

    /// <summary>The folder that <c>HF_MODEL_PATH</c> names.</summary>
    public string ModelPath => Path.Join(_folder.Root, "models");

    /// <summary>The folder that <c>HF_HOME</c> names.</summary>
    public string Home => Path.Join(_folder.Root, "home");

    public string Root => _folder.Root;

    public Dictionary<string, string?> Variables { get; } = new(StringComparer.Ordinal);

    public LlmProviderServices Services => new() { LoggerFactory = Log, ReadVariable = name => Variables.GetValueOrDefault(name) };

    public static async Task<ProviderFixture> StartAsync(string? token = Token, bool isLocal = true)
    {
        MemoryRepositorySource source = new()
        {
            Accounts = new HubAccounts(
            [
                new HubAccount("friend") { Tokens = [new HubToken(Token, "good")] },
                new HubAccount("stranger") { Tokens = [new HubToken(Stranger, "good, too")] },
            ]),
        };
        using TemporaryFolder model = new();
        RandomModel.Write(model);
        (string, RepositoryContent)[] files =
            [.. Directory.GetFiles(model.Root).Select(file => (Path.GetFileName(file), RepositoryContent.FromBytes(File.ReadAllBytes(file))))];
        await source.Add(Model).CommitAsync(files);
        await source.Add(Gated, new RepositorySettings { Gate = RepositoryGate.Automatic, Granted = new HashSet<string> { "friend" } }).CommitAsync(files);
        await source.Add(Encoder).CommitAsync([.. TinyEncoder.Files().Select(file => (file.Key, RepositoryContent.FromBytes(file.Value)))]);
        ProviderFixture fixture = new(await TestHub.StartAsync(source, cancellationToken: TestContext.Current.CancellationToken));
        fixture.Variables["HF_ENDPOINT"] = fixture.Hub.Endpoint.AbsoluteUri;
        fixture.Variables["HF_HOME"] = fixture.Home;
        fixture.Variables["HF_MODEL_PATH"] = fixture.ModelPath;
        fixture.Variables["SNUG_DISABLE_DOTENV"] = "1";
        fixture.Variables["SNUG_KEYCHAIN"] = "0";
        fixture.Variables["HF_TOKEN"] = token;
        fixture.Variables["HF_MODEL"] = Model;
        if (isLocal)
        {
            fixture.Variables["LLM_PROVIDER"] = "huggingface";
        }

        return fixture;
    }

    /// <summary>Makes the provider that the variables name.</summary>
    public LlmProvider Create(LlmConfiguration? configuration = null, LlmProviderFactory? factory = null, LlmProviderServices? services = null) =>
        ChatClients.ProviderFromEnvironment(configuration, factory, services ?? Services);

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        _folder.Dispose();
    }
}
