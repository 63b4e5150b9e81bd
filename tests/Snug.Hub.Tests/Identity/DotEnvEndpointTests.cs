using Microsoft.Extensions.Logging;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>A folder that somebody else wrote cannot draw the user's token to its own Hub.</summary>
public sealed class DotEnvEndpointTests : IAsyncLifetime
{
    private readonly IdentityFixture _machine = new();
    private TestHub _foreign = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _foreign = await TestHub.StartAsync(new FolderRepositorySource(Checkout.Samples), cancellationToken: Cancellation);
        _machine.DotEnv($"HF_ENDPOINT={_foreign.Endpoint}");
    }

    public async ValueTask DisposeAsync()
    {
        await _foreign.DisposeAsync();
        _machine.Dispose();
    }

    [Theory]
    [InlineData("HF_TOKEN")]
    [InlineData("HUGGINGFACE_HUB_TOKEN")]
    [InlineData("file")]
    [InlineData("keychain")]
    public async Task The_endpoint_of_an_env_file_is_asked_without_the_token_of_any_other_source(string source)
    {
        switch (source)
        {
            case "file":
                _machine.StoreToken(IdentityFixture.TokenA);
                break;
            case "keychain":
                _machine.Keychain.Secret = IdentityFixture.TokenA;
                break;
            default:
                _machine.Variables[source] = IdentityFixture.TokenA;
                break;
        }

        using HubClient client = Client();
        await client.GetRepositoryInfoAsync("snug/tiny-model", cancellationToken: Cancellation);

        Assert.NotEmpty(_foreign.Requests.Snapshot());
        Assert.All(_foreign.Requests.Snapshot(), r => Assert.False(r.HasAuthorization || r.HasToken));
        HubSettings settings = client.ResolveSettings();
        Assert.Null(settings.Token);
        Assert.Contains("comes from .env", Assert.Single(settings.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_the_same_file_is_sent_even_when_the_environment_has_another()
    {
        const string Alice = "hf_DEMOaliceREAD00000000000000000000000000000";
        _machine.Variables["HF_TOKEN"] = IdentityFixture.TokenA;
        _machine.DotEnv($"HF_ENDPOINT={_foreign.Endpoint}\nHF_TOKEN={Alice}\n");

        using HubClient client = Client();
        HubIdentity identity = await client.WhoAmIAsync(Cancellation);

        Assert.Equal("alice", identity.Name);
        Assert.Equal("HF_TOKEN in .env", client.ResolveSettings().TokenSource);
    }

    [Fact]
    public async Task An_explicit_token_is_refused_before_any_request()
    {
        using HubClient client = Client(options => options.Token = AccessToken.Parse(IdentityFixture.TokenA));

        HubException e = await Assert.ThrowsAsync<HubException>(() => client.WhoAmIAsync(Cancellation));

        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
        Assert.Contains(e.Advice, a => a.Contains("HF_ENDPOINT", StringComparison.Ordinal));
        Assert.DoesNotContain(IdentityFixture.TokenA, e.ToString(), StringComparison.Ordinal);
        Assert.Empty(_foreign.Requests.Snapshot());
    }

    [Fact]
    public void An_endpoint_of_the_environment_or_an_option_is_trusted_beside_an_env_file()
    {
        _machine.Variables["HF_TOKEN"] = IdentityFixture.TokenA;

        HubSettings byOption = _machine.Resolve(o => o.Endpoint = _foreign.Endpoint);
        _machine.Variables["HF_ENDPOINT"] = _foreign.Endpoint.AbsoluteUri;
        HubSettings byVariable = _machine.Resolve();

        Assert.Equal(("HF_TOKEN", "HF_TOKEN"), (byOption.TokenSource, byVariable.TokenSource));
    }

    [Fact]
    public void An_env_file_that_names_the_public_hub_changes_nothing()
    {
        _machine.DotEnv("HF_ENDPOINT=https://huggingface.co/");
        _machine.Variables["HF_TOKEN"] = IdentityFixture.TokenA;

        Assert.Equal("HF_TOKEN", _machine.Resolve().TokenSource);
    }

    [Theory]
    [InlineData("http://huggingface.co")]
    [InlineData("https://huggingface.co:444")]
    [InlineData("https://huggingface.co.example.com")]
    public void What_only_looks_like_the_public_hub_is_not_it(string endpoint)
    {
        _machine.DotEnv($"HF_ENDPOINT={endpoint}");
        _machine.Variables["HF_TOKEN"] = IdentityFixture.TokenA;

        Assert.Null(_machine.Resolve().Token);
    }

    [Fact]
    public async Task The_client_logs_the_warning_once_and_masked()
    {
        _machine.Variables["HF_TOKEN"] = IdentityFixture.TokenA;
        CollectingLogger log = new();
        using HubClient client = new(Configure(null), logger: log);

        await client.GetRepositoryInfoAsync("snug/tiny-model", cancellationToken: Cancellation);
        await client.GetRefsAsync("snug/tiny-model", Cancellation);

        Assert.Single(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(IdentityFixture.TokenA, StringComparison.Ordinal));
    }

    private HubClient Client(Action<HubClientOptions>? configure = null) => new(Configure(configure));

    private HubClientOptions Configure(Action<HubClientOptions>? configure)
    {
        HubClientOptions options = _machine.Options();
        options.Keychain = _machine.Keychain;
        configure?.Invoke(options);
        return options;
    }

    /// <summary>Keeps what is logged, at every level.</summary>
    private sealed class CollectingLogger : ILogger<HubClient>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
    }
}
