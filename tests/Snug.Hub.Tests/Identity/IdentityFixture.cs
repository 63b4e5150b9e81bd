using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>A machine of its own: variables, a home, a working directory and a keychain.</summary>
internal sealed class IdentityFixture : IDisposable
{
    public const string TokenA = "hf_AAAA00000000000000000000000000000000";
    public const string TokenB = "hf_BBBB00000000000000000000000000000000";
    public const string TokenC = "hf_CCCC00000000000000000000000000000000";

    private readonly TemporaryFolder _folder = new();

    public IdentityFixture()
    {
        Directory.CreateDirectory(Work);
        Variables["HF_HOME"] = Home;
    }

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public FakeKeychain Keychain { get; } = new();

    public string Home => Path.Join(_folder.Root, "home");

    public string Work => Path.Join(_folder.Root, "work");

    public string TokenPath => Path.Join(Home, "token");

    public string StoredTokensPath => Path.Join(Home, "stored_tokens");

    public void DotEnv(string text) => _folder.Write("work/.env", text);

    public void StoreToken(string text)
    {
        string path = _folder.Write("home/token", text);
        FileModes.Set(path, FileModes.Owner);
    }

    public HubClientOptions Options() => new()
    {
        ReadVariable = name => Variables.GetValueOrDefault(name),
        DotEnvPath = Path.Join(Work, ".env"),
    };

    public HubSettings Resolve(Action<HubClientOptions>? configure = null)
    {
        HubClientOptions options = Options();
        configure?.Invoke(options);
        return HubSettings.Resolve(options);
    }

    public TokenStore Store() => new(Resolve(), Keychain);

    public void Dispose() => _folder.Dispose();
}
