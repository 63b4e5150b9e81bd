using System.Collections.Concurrent;
using System.Net;
using Snug.Hub;
using Snug.Server;

namespace Snug.Cli.Tests;

/// <summary>The six behaviours that users of a provider with a token rely on, by the names that they are known by.</summary>
public sealed class NamedBehaviourTests(SampleHub hub) : IClassFixture<SampleHub>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Token_stored()
    {
        using HubClient client = new(new HubClientOptions { Token = AccessToken.Parse(SampleHub.AliceToken), ReadVariable = _ => null });
        HuggingFaceProvider provider = new(client);

        Assert.True(provider.IsAuthenticated);
        Assert.Equal(AccessToken.Parse(SampleHub.AliceToken), client.ResolveSettings().Token);
        Assert.DoesNotContain(SampleHub.AliceToken, $"{provider.Descriptor} {client.ResolveSettings()}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warning_without_token()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("doctor", "--for", "setup", "--project", cli.Home, "snug/tiny-model");
        CliResult download = await cli.RunAsync("download", "snug/tiny-model", "config.json");

        Assert.Equal((0, 0), (result.ExitCode, download.ExitCode));
        Assert.Contains("warning: token: HuggingFace authentication is not configured (HF_TOKEN not provided)", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_from_env_uses_the_variable()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;

        CliResult result = await cli.RunAsync("doctor", "--project", cli.Home, "--json");

        Assert.Equal("HF_TOKEN", result.Json.GetProperty("token").GetProperty("source").GetString());
        Assert.Equal("alice", result.Json.GetProperty("token").GetProperty("account").GetString());
    }

    [Fact]
    public async Task Token_passed_to_the_loaders()
    {
        using RecordingHandler handler = new();
        using HttpClient http = new(handler);
        using TempFolder cache = new();
        using HubClient client = new(
            new HubClientOptions { Token = AccessToken.Parse(SampleHub.AliceToken), CacheDirectory = cache.Path, ReadVariable = _ => null, MaxRetries = 0 }, http);

        // Tokenizer and weights come by these two ways; there is no network behind either.
        await Assert.ThrowsAsync<HubException>(() => client.DownloadFileAsync("org/model", "tokenizer.json", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<HubException>(() => client.DownloadSnapshotAsync("org/model", cancellationToken: Cancellation));

        Assert.True(handler.Headers.Count >= 2);
        Assert.All(handler.Headers, header => Assert.Equal("Bearer " + SampleHub.AliceToken, header));
    }

    [Theory]
    [InlineData(null, "401 Unauthorized")]
    [InlineData(SampleHub.BobToken, "403 Forbidden")]
    public async Task Helpful_auth_error(string? token, string status)
    {
        using CliHarness cli = hub.Cli();
        if (token is not null)
        {
            cli.Variables["HF_TOKEN"] = token;
        }

        CliResult result = await cli.RunAsync("download", "snug/gated-model", "config.json");

        Assert.Equal(ExitCodes.Access, result.ExitCode);
        Assert.Contains("snug/gated-model", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains(status, result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("/settings/tokens", result.Error, StringComparison.Ordinal);
        Assert.Contains("set HF_TOKEN to", result.Error, StringComparison.Ordinal);
        Assert.Contains("accept the terms", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "S2-22")]
    [InlineData(null, true)]
    [InlineData(SampleHub.AliceToken, false)]
    public async Task Rate_limit_advice(string? token, bool offersToken)
    {
        await using HubServer busy = await HubServer.StartAsync(
            new HubServerOptions { Source = new FolderRepositorySource(SampleHub.Repositories), ApiQuota = 0, ResolveQuota = 0 }, Cancellation);
        using CliHarness cli = new(busy.Endpoint);
        if (token is not null)
        {
            cli.Variables["HF_TOKEN"] = token;
        }

        CliResult result = await cli.RunAsync("doctor", "snug/tiny-model", "--project", cli.Home, "--json");

        Assert.Equal(ExitCodes.RateLimited, result.ExitCode);
        string advice = result.Json.GetProperty("repositories")[0].GetProperty("advice").ToString();
        Assert.Equal(offersToken, advice.Contains("A token raises the limit", StringComparison.Ordinal));
        Assert.Contains("Run the same command again in ", advice, StringComparison.Ordinal);
    }

    /// <summary>A network that is not there, and remembers who came.</summary>
    private sealed class RecordingHandler : HttpMessageHandler
    {
        public ConcurrentQueue<string?> Headers { get; } = new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Headers.Enqueue(request.Headers.Authorization?.ToString());
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound) { RequestMessage = request });
        }
    }
}
