using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary>People can see what was asked of the Hub from here: by day, by token, and what is left.</summary>
public sealed class UsageCommandTests(SampleHub hub) : IClassFixture<SampleHub>, IDisposable
{
    private readonly CliHarness _cli = hub.Cli();

    private string Folder => Path.Join(_cli.Home, "snug", "usage");

    public void Dispose() => _cli.Dispose();

    [Fact]
    [Trait("Requirement", "S2-04")]
    public async Task Requests_and_bytes_of_all_commands_are_summed_for_each_token()
    {
        int before = Count();
        await _cli.RunAsync("download", "snug/tiny-model");
        await _cli.RunAsync("info", "snug/tiny-model");
        int anonymous = Count() - before;
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        await _cli.RunAsync("doctor", "snug/gated-model", "--project", _cli.Work);
        int alice = Count() - before - anonymous;

        CliResult result = await _cli.RunAsync("usage", "--json");

        JsonElement[] days = [.. result.Json.GetProperty("days").EnumerateArray()];
        Assert.Equal([anonymous, alice], days.OrderBy(d => d.GetProperty("token").GetString() is not null).Select(d => d.GetProperty("requests").GetInt32()));
        Assert.All(days, d => Assert.Equal(hub.Endpoint.AbsoluteUri.TrimEnd('/'), d.GetProperty("endpoint").GetString()));
        Assert.True(days.Single(d => d.GetProperty("token").GetString() is null).GetProperty("bytes").GetInt64() > 1_000_000);
        Assert.Equal(["api", "api", "resolvers"], result.Json.GetProperty("quotas").EnumerateArray().Select(q => q.GetProperty("name").GetString()!).Order());
        Assert.All(result.Json.GetProperty("quotas").EnumerateArray(), quota => Assert.InRange(quota.GetProperty("remaining").GetInt64(), 1, quota.GetProperty("limit").GetInt64()));
        Assert.All(days, d => Assert.Equal(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime), DateOnly.ParseExact(d.GetProperty("day").GetString()!, "yyyy-MM-dd")));
        Assert.Equal(before + anonymous + alice, Count());
    }

    /// <summary>Requests to the Hub: its storage has addresses of other forms.</summary>
    private int Count() => hub.Requests.Count(r => r.Contains(" /api/", StringComparison.Ordinal) || r.Contains("/resolve/", StringComparison.Ordinal));

    [Fact]
    public async Task People_read_a_table_and_sentences()
    {
        await _cli.RunAsync("info", "snug/tiny-model");

        CliResult result = await _cli.RunAsync("usage");

        Assert.Matches(@"^\d{4}-\d\d-\d\d\tanonymous\t[1-9]\d*\t0\t[1-9]\d*\thttp://127\.0\.0\.1:\d+\n$", result.Out);
        Assert.Matches(@"api at http://\S+, anonymous: 1000 of 1000 requests are left for \d.* \(seen just now\)\.", result.Error);
    }

    [Fact]
    public async Task Counts_of_other_days_are_kept_apart_and_those_that_nobody_wrote_are_passed_over()
    {
        Directory.CreateDirectory(Folder);
        DateTimeOffset yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);
        string line = $$"""{"time":"{{yesterday:yyyy-MM-ddTHH:mm:ssZ}}","token":null,"masked":null,"endpoint":"https://hub.example","requests":REQUESTS,"refused":2,"bytes":3,"quotas":[{"name":"api","remaining":1,"limit":500,"resetsAt":"{{yesterday:yyyy-MM-ddTHH:mm:ssZ}}","seenAt":"{{yesterday:yyyy-MM-ddTHH:mm:ssZ}}"}]}""";
        File.WriteAllLines(
            Path.Join(Folder, $"{yesterday:yyyy-MM-dd}.jsonl"),
            [line.Replace("REQUESTS", "40", StringComparison.Ordinal), "{", "[]", "", line.Replace("REQUESTS", "\"x\"", StringComparison.Ordinal), line.Replace("REQUESTS", "2", StringComparison.Ordinal)]);
        File.WriteAllText(Path.Join(Folder, "2001-01-01.jsonl"), line.Replace("REQUESTS", "9", StringComparison.Ordinal));
        await _cli.RunAsync("info", "snug/tiny-model");

        CliResult all = await _cli.RunAsync("usage");
        CliResult today = await _cli.RunAsync("usage", "--days", "1", "--json");

        Assert.Equal(2, all.OutLines.Length);
        Assert.Equal($"{yesterday:yyyy-MM-dd}\tanonymous\t42\t4\t6\thttps://hub.example", all.OutLines[1]);
        Assert.Contains("api at https://hub.example, anonymous: the whole limit is there again (500 requests).", all.Error, StringComparison.Ordinal);
        Assert.Single(today.Json.GetProperty("days").EnumerateArray());
        Assert.False(File.Exists(Path.Join(Folder, "2001-01-01.jsonl")), "Old days are removed when a new one begins.");
    }

    [Fact]
    public async Task Nothing_is_counted_where_it_is_not_wanted_or_cannot_be()
    {
        _cli.Variables["SNUG_USAGE"] = "0";
        await _cli.RunAsync("info", "snug/tiny-model");
        CliResult off = await _cli.RunAsync("usage");
        Assert.Equal(("", false), (off.Out, Directory.Exists(Folder)));
        Assert.Contains("SNUG_USAGE is off", off.Error, StringComparison.Ordinal);

        _cli.Variables.Remove("SNUG_USAGE");
        await File.WriteAllTextAsync(Path.Join(_cli.Home, "snug"), "a file where the folder would be", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Done, (await _cli.RunAsync("info", "snug/tiny-model")).ExitCode);
        Assert.Equal(ExitCodes.Done, (await _cli.RunAsync("usage")).ExitCode);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("91")]
    [InlineData("x")]
    public async Task Days_that_are_no_number_of_days_are_wrong_use(string days) =>
        Assert.Equal(ExitCodes.Usage, (await _cli.RunAsync("usage", "--days", days)).ExitCode);

    [Fact]
    public async Task Commands_that_run_side_by_side_all_count()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _cli.RunAsync("info", "snug/tiny-model")));

        string file = Assert.Single(Directory.GetFiles(Folder));
        Assert.Equal(8, File.ReadAllLines(file).Count(l => l.StartsWith('{') && l.EndsWith('}')));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}
