using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Snug.Server;

namespace Snug.Cli.Tests;

/// <summary>What doctor says about time: how long it takes, and what it costs to look for the token late.</summary>
public sealed class DoctorTimeTests(SampleHub hub) : IClassFixture<SampleHub>, IAsyncLifetime
{
    private const long OpenBytes = 10_000_000_000;
    private const long ClosedBytes = 40_000_000_000;

    private HubServer _large = null!;

    /// <summary>A Hub with a public and a gated repository of sizes that take time.</summary>
    public async ValueTask InitializeAsync() => _large = await HubServer.StartAsync(
        new HubServerOptions { Source = new MemoryRepositorySource(), Configure = application => application.Run(AnswerAsync) }, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _large.DisposeAsync();

    [Fact]
    [Trait("Requirement", "S0-33")]
    public async Task Time_is_estimated_from_size_and_speed()
    {
        using CliHarness cli = hub.Cli();

        CliResult guessed = await cli.RunAsync("doctor", "snug/tiny-model");
        CliResult measured = await cli.RunAsync("doctor", "snug/tiny-model", "--speed", "--json");

        Assert.Contains("1.09 MB to download: about 0.1 s at 10.0 MB/s", guessed.Out, StringComparison.Ordinal);
        JsonElement download = measured.Json.GetProperty("download");
        Assert.True(download.GetProperty("bytesPerSecond").GetInt64() > 0);
        Assert.True(download.GetProperty("seconds").GetInt64() >= 1);
    }

    [Fact]
    [Trait("Requirement", "S0-33")]
    public async Task The_token_first_and_the_token_late_are_shown_side_by_side()
    {
        using CliHarness cli = new(_large.Endpoint);
        await WriteManifestAsync(cli, """{ "stages": [{ "name": "a", "run": "echo a" }] }""");

        Assert.Equal(0, (await cli.RunAsync("setup")).ExitCode);
        await WriteManifestAsync(cli, """{ "stages": [{ "name": "a", "run": "echo a" }], "models": ["org/open", "org/closed"] }""");
        CliResult text = await cli.RunAsync("doctor", "--for", "setup");
        JsonElement comparison = (await cli.RunAsync("doctor", "--for", "setup", "--json")).Json.GetProperty("comparison");

        string[] rows = [.. text.OutLines.SkipWhile(l => !l.StartsWith("The same work with the token first", StringComparison.Ordinal)).Take(9)];
        Assert.Contains("(at 10.0 MB/s to 100 MB/s)", rows[0], StringComparison.Ordinal);
        Assert.Matches("^ +token first +token late$", rows[1]);
        Assert.Matches("^  log in, before everything +1 min 0 s +-$", rows[2]);
        Assert.Matches(@"^  stages of the set-up +(\d.*s) +\1$", rows[3]);
        Assert.Matches("^  downloads of the set-up +8 min 20 s to 1 h 23 min +1 min 40 s to 16 min 40 s$", rows[4]);
        Assert.Matches("^  the job starts, and stops at the model +- +lost$", rows[5]);
        Assert.Matches("^  downloads, while its machine waits +- +6 min 40 s to 1 h 6 min$", rows[7]);
        Assert.Matches("^  its machine waits +- +7 min 40 s to 1 h 7 min$", rows[8]);

        JsonElement[] scenarios = [.. comparison.GetProperty("scenarios").EnumerateArray()];
        Assert.Equal(["token_first", "token_late"], scenarios.Select(s => s.GetProperty("name").GetString()));
        Assert.False(comparison.GetProperty("measured").GetBoolean());
        Assert.Equal([500, 5000], Seconds(scenarios[0], "setupDownloadSeconds"));
        Assert.Equal([0, 0], Seconds(scenarios[0], "waitingSeconds"));
        Assert.Equal([100, 1000], Seconds(scenarios[1], "setupDownloadSeconds"));
        Assert.Equal([460, 4060], Seconds(scenarios[1], "waitingSeconds"));
        Assert.Equal([0, 1], scenarios.Select(s => s.GetProperty("lostStarts").GetInt32()));
        Assert.All(scenarios, s => Assert.Equal(JsonValueKind.Number, s.GetProperty("stageSeconds").ValueKind));
    }

    [Fact]
    public async Task Stages_that_never_ran_have_no_time_and_where_no_token_is_needed_nothing_is_compared()
    {
        using CliHarness cli = new(_large.Endpoint);
        await WriteManifestAsync(cli, """{ "stages": [{ "name": "a", "run": "echo a" }], "models": ["org/closed"] }""");

        CliResult closed = await cli.RunAsync("doctor", "--for", "setup");
        JsonElement scenario = (await cli.RunAsync("doctor", "--for", "setup", "--json")).Json.GetProperty("comparison").GetProperty("scenarios")[0];
        CliResult open = await cli.RunAsync("doctor", "org/open", "--json");

        Assert.Matches("stages of the set-up +not known yet +not known yet\n", closed.Out);
        Assert.Equal(JsonValueKind.Null, scenario.GetProperty("stageSeconds").ValueKind);
        Assert.Equal(JsonValueKind.Null, open.Json.GetProperty("comparison").ValueKind);
    }

    private static IEnumerable<double> Seconds(JsonElement scenario, string name) => scenario.GetProperty(name).EnumerateArray().Select(n => n.GetDouble());

    private static Task WriteManifestAsync(CliHarness cli, string text) =>
        File.WriteAllTextAsync(Path.Join(cli.Work, "snug.json"), text, TestContext.Current.CancellationToken);

    private static Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        bool isClosed = path.Contains("/org/closed", StringComparison.Ordinal);
        if (path.EndsWith("/auth-check", StringComparison.Ordinal))
        {
            context.Response.StatusCode = isClosed ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK;
            if (isClosed)
            {
                context.Response.Headers["X-Error-Code"] = "GatedRepo";
            }

            return Task.CompletedTask;
        }

        if (!path.Contains("/revision/", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        string gate = isClosed ? "\"auto\"" : "false";
        return context.Response.WriteAsync(
            $$"""
            {"id":"org/{{(isClosed ? "closed" : "open")}}","sha":"0123456789012345678901234567890123456789","private":false,"gated":{{gate}},
             "siblings":[{"rfilename":"model.safetensors","size":{{(isClosed ? ClosedBytes : OpenBytes)}}}]}
            """,
            context.RequestAborted);
    }
}
