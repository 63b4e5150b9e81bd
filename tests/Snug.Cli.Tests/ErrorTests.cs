using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Snug.Hub;
using Snug.Server;

namespace Snug.Cli.Tests;

/// <summary>Exit codes, the shape of errors, and which stream they go to.</summary>
public sealed class ErrorTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Theory]
    [InlineData("snug/nothing-here", null, 5, "repository_not_found")]
    [InlineData("snug/private-model", null, 5, "repository_not_found")]
    [InlineData("snug/tiny-model", SampleHub.ExpiredToken, 3, "invalid_token")]
    [InlineData("snug/tiny-model", "hf_DEMOnobodyKNOWSthisONE000000000000000000000", 3, "invalid_token")]
    [InlineData("not a repository", null, 2, "invalid_request")]
    public async Task A_repository_that_cannot_be_listed(string repository, string? token, int exitCode, string kind)
    {
        using CliHarness cli = hub.Cli();
        if (token is not null)
        {
            cli.Variables["HF_TOKEN"] = token;
        }

        CliResult result = await cli.RunAsync("files", repository, "--json");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(kind, result.Json.GetProperty("kind").GetString());
        Assert.NotEmpty(result.Json.GetProperty("advice").EnumerateArray());
        Assert.DoesNotContain(token ?? "\0", result.Out + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snug/gated-model", "config.json", null, 4, "gated_repo_error")]
    [InlineData("snug/gated-model", "config.json", SampleHub.BobToken, 4, "gated_repo_error")]
    [InlineData("snug/gated-model", "config.json", SampleHub.FineToken, 4, "forbidden")]
    [InlineData("snug/gated-model", "config.json", SampleHub.AliceToken, 0, null)]
    [InlineData("snug/tiny-model", "no-such-file", null, 5, "entry_not_found")]
    public async Task A_file_that_cannot_be_had(string repository, string file, string? token, int exitCode, string? kind)
    {
        using CliHarness cli = hub.Cli();
        if (token is not null)
        {
            cli.Variables["HF_TOKEN"] = token;
        }

        CliResult result = await cli.RunAsync("info", repository, file, "--json");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(kind, result.Json.TryGetProperty("kind", out JsonElement found) ? found.GetString() : null);
    }

    [Fact]
    public async Task A_revision_that_does_not_exist_ends_with_5()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("files", "snug/tiny-model", "--revision", "no-such-branch", "--json");

        Assert.Equal((ExitCodes.NotFound, "revision_not_found"), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Offline_and_not_cached_ends_with_8_and_sends_nothing()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_HUB_OFFLINE"] = "1";
        int before = hub.Requests.Count;

        CliResult result = await cli.RunAsync("files", "snug/tiny-model");

        Assert.Equal(ExitCodes.Offline, result.ExitCode);
        Assert.Equal(before, hub.Requests.Count);
    }

    [Fact]
    public async Task A_refused_connection_ends_with_7()
    {
        using CliHarness cli = new(RefusingEndpoint());

        CliResult result = await cli.RunAsync("files", "snug/tiny-model", "--json");

        Assert.Equal((ExitCodes.Network, "network_unreachable"), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
    }

    [Theory]
    [InlineData(429, 6, "rate_limited")]
    [InlineData(503, 7, "server_error")]
    [InlineData(418, 7, "invalid_request")]
    public async Task A_server_in_trouble_ends_with_6_or_7(int status, int exitCode, string kind)
    {
        await using HubServer server = await HubServer.StartAsync(
            new HubServerOptions
            {
                Source = new MemoryRepositorySource(),
                Configure = application => application.Run(context =>
                {
                    context.Response.StatusCode = status;
                    return Task.CompletedTask;
                }),
            },
            TestContext.Current.CancellationToken);
        using CliHarness cli = new(server.Endpoint);

        CliResult result = await cli.RunAsync("files", "snug/tiny-model", "--json");

        Assert.Equal((exitCode, kind), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task The_first_line_says_what_happened_and_the_next_ones_are_numbered_advice_on_standard_error()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("info", "snug/gated-model", "config.json");

        Assert.Equal("", result.Out);
        Assert.StartsWith("error: snug/gated-model is gated and you have no access to it", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.StartsWith($"  1. Open {hub.Endpoint}snug/gated-model", result.ErrorLines[1], StringComparison.Ordinal);
        Assert.StartsWith("  2. ", result.ErrorLines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_error_object_has_every_property_even_where_nothing_is_known()
    {
        using CliHarness cli = hub.Cli();

        JsonElement gated = (await cli.RunAsync("info", "snug/gated-model", "config.json", "--json")).Json;
        JsonElement usage = (await cli.RunAsync("files", "--json")).Json;

        string[] names = ["kind", "message", "advice", "repository", "file", "status", "requestId"];
        Assert.Equal(names, gated.EnumerateObject().Select(p => p.Name));
        Assert.Equal(names, usage.EnumerateObject().Select(p => p.Name));
        Assert.Equal("snug/gated-model", gated.GetProperty("repository").GetString());
        Assert.Equal("config.json", gated.GetProperty("file").GetString());
        Assert.Equal(401, gated.GetProperty("status").GetInt32());
        Assert.Equal(JsonValueKind.Null, usage.GetProperty("repository").ValueKind);
    }

    [Theory]
    [InlineData("fils", "Did you mean 'files'?")]
    [InlineData("files x --jsn", "Did you mean '--json'?")]
    [InlineData("files", "--help")]
    [InlineData("files a b c", "--help")]
    [InlineData("download x --progress loud", "--help")]
    [InlineData("download x --max-workers 0", "--max-workers")]
    public async Task Wrong_use_ends_with_2_and_points_at_the_right_use(string line, string advice)
    {
        using CliHarness cli = new();

        CliResult result = await cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Equal("", result.Out);
        Assert.Contains(advice, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_command_ends_with_130_and_says_how_to_go_on()
    {
        using CliHarness cli = hub.Cli();
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();

        CliResult result = await cli.RunAsync(stop.Token, "files", "snug/tiny-model", "--json");

        Assert.Equal(ExitCodes.Cancelled, result.ExitCode);
        Assert.Equal("cancelled", result.Json.GetProperty("kind").GetString());
        Assert.StartsWith("Cancelled.", result.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_error_has_the_documented_exit_code()
    {
        Dictionary<HubErrorKind, int> codes = new()
        {
            [HubErrorKind.TokenRequired] = 3,
            [HubErrorKind.InvalidToken] = 3,
            [HubErrorKind.Gated] = 4,
            [HubErrorKind.Forbidden] = 4,
            [HubErrorKind.RepositoryNotFound] = 5,
            [HubErrorKind.RevisionNotFound] = 5,
            [HubErrorKind.EntryNotFound] = 5,
            [HubErrorKind.RepositoryDisabled] = 5,
            [HubErrorKind.RateLimited] = 6,
            [HubErrorKind.ServerError] = 7,
            [HubErrorKind.Network] = 7,
            [HubErrorKind.Timeout] = 7,
            [HubErrorKind.Offline] = 8,
            [HubErrorKind.Corrupted] = 9,
            [HubErrorKind.InsufficientStorage] = 9,
            [HubErrorKind.CacheAccess] = 9,
            [HubErrorKind.InvalidRequest] = 2,
        };

        Assert.Equal(Enum.GetValues<HubErrorKind>().Order(), codes.Keys.Order());
        Assert.All(codes, pair => Assert.Equal(pair.Value, ExitCodes.For(new HubException(pair.Key, "It failed."))));
        Assert.Equal(7, ExitCodes.For(new HubException(HubErrorKind.InvalidRequest, "It failed.") { StatusCode = 400 }));
    }

    [Fact]
    public async Task Help_goes_to_standard_output_with_examples()
    {
        using CliHarness cli = new();

        CliResult help = await cli.RunAsync("download", "--help");
        CliResult nothing = await cli.RunAsync();
        CliResult version = await cli.RunAsync("--version");

        Assert.Equal((0, 0, 0), (help.ExitCode, nothing.ExitCode, version.ExitCode));
        Assert.Contains("Examples:", help.Out, StringComparison.Ordinal);
        Assert.Contains("download", nothing.Out, StringComparison.Ordinal);
        Assert.Equal(Versions.Snug, version.Out.Trim());
        Assert.Equal("", help.Error + nothing.Error + version.Error);
    }

    /// <summary>An address where nobody listens.</summary>
    private static Uri RefusingEndpoint()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return new Uri($"http://127.0.0.1:{port}");
    }
}
