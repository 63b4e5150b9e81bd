using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary>The program itself, as a process of its own.</summary>
public sealed class ExecutableTests(SampleHub hub) : IClassFixture<SampleHub>
{
    private static readonly string Program = typeof(ExecutableTests).Assembly
        .GetCustomAttributes(typeof(AssemblyMetadataAttribute), false).Cast<AssemblyMetadataAttribute>().Single(a => a.Key == "Program").Value!;

    [Fact]
    public async Task It_reads_the_real_environment_and_separates_its_streams()
    {
        using CliHarness cli = hub.Cli();

        CliResult env = await RunAsync(cli, "env", "--json");
        CliResult download = await RunAsync(cli, "download", "tiny");
        CliResult wrong = await RunAsync(cli, "download");

        Assert.Equal("HF_HOME", env.Json.GetProperty("settings").EnumerateArray()
            .Single(s => s.GetProperty("name").GetString() == "home directory").GetProperty("source").GetString());
        Assert.True(Directory.Exists(download.Out.TrimEnd()), download.Out + download.Error);
        Assert.Contains("downloaded and verified", download.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", download.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Usage, ""), (wrong.ExitCode, wrong.Out));
    }

    [Fact]
    public async Task A_signal_ends_it_with_130_and_the_next_run_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to send to one process.");
        using CliHarness cli = hub.Cli();
        using Process process = Start(cli, "download", "snug/tiny-model", "--limit-rate", "100k", "--progress", "json");
        List<string> lines = [];
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (JsonDocument.Parse(line).RootElement.TryGetProperty("bytesDone", out JsonElement bytes) && bytes.GetInt64() > 0)
            {
                // At this rate the rest takes ten seconds.
                break;
            }
        }

        // SIGINT takes the same way, but programs that a shell started in the background inherit it as ignored.
        using Process kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        string rest = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        CliResult resumed = await RunAsync(cli, "download", "snug/tiny-model", "--json");

        Assert.Equal(ExitCodes.Cancelled, process.ExitCode);
        Assert.Equal("cancelled", JsonDocument.Parse(rest.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("kind").GetString());
        Assert.InRange(resumed.Json.GetProperty("transferredFiles").GetInt32(), 1, 8);
    }

    [Fact]
    public async Task Requests_go_through_the_proxy_of_the_environment_unless_NO_PROXY_names_the_host()
    {
        using CliHarness cli = hub.Cli();
        // No name server knows the endpoint, so whatever answers was asked as a proxy; the storage's address stays direct.
        cli.Variables["HF_ENDPOINT"] = "http://hub.invalid";
        cli.Variables["http_proxy"] = hub.Endpoint.AbsoluteUri;
        cli.Variables["no_proxy"] = "127.0.0.1";

        CliResult through = await RunAsync(cli, "files", "tiny", "--json");
        cli.Variables["no_proxy"] = "hub.invalid";
        CliResult direct = await RunAsync(cli, "info", "tiny", "--json");

        Assert.Equal((ExitCodes.Done, ""), (through.ExitCode, through.Error));
        Assert.NotEmpty(through.Json.GetProperty("files").EnumerateArray());
        Assert.Equal(ExitCodes.Network, direct.ExitCode);
        Assert.Contains("hub.invalid", direct.Error, StringComparison.Ordinal);
    }

    private static async Task<CliResult> RunAsync(CliHarness cli, params string[] arguments)
    {
        using Process process = Start(cli, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CliResult(process.ExitCode, await output, await error);
    }

    private static Process Start(CliHarness cli, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(IsOfTheHub).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in cli.Variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Whoever runs the tests may have settings of their own.</summary>
    private static bool IsOfTheHub(string name) =>
        name.StartsWith("HF_", StringComparison.Ordinal) || name.StartsWith("HUGGING", StringComparison.Ordinal)
        || name is "TRANSFORMERS_CACHE" or "TRANSFORMERS_OFFLINE" or "XDG_CACHE_HOME";
}
