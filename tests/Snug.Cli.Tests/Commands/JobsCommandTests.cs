using System.Diagnostics;
using System.Text.Json;
using Snug.Hub;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>Downloads that go on without the terminal, and what can be seen of them.</summary>
public sealed class JobsCommandTests : IAsyncLifetime
{
    private const string Model = "org/model";
    private const int WeightBytes = 3_000_000;

    /// <summary>Where each answer stalls: two blocks and a little.</summary>
    private const int Stalled = 600_000;

    private readonly MemoryRepositorySource _source = new();
    private TestHub _hub = null!;
    private CliHarness _cli = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Folder => Path.Join(_cli.Home, "snug", "jobs");

    public async ValueTask InitializeAsync()
    {
        await _source.Add(Model).CommitAsync(
            ("config.json", RepositoryContent.FromText("{}")), ("model.safetensors", RepositoryContent.Pseudorandom(WeightBytes, 1)));
        _hub = await TestHub.StartAsync(_source, cancellationToken: Cancellation);
        _cli = new CliHarness(_hub.Endpoint);
    }

    public async ValueTask DisposeAsync()
    {
        _cli.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact]
    [Trait("Requirement", "S2-25")]
    public async Task A_download_in_the_background_goes_on_when_its_terminal_is_closed_and_jobs_shows_its_end()
    {
        await Tool.Script.RequireAsync();
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _hub.Faults.Add(new FaultRule
        {
            Listener = HubListener.Storage,
            Fault = Fault.Custom("hold", async (_, next) =>
            {
                await released.Task;
                await next();
            }),
        });
        _cli.Variables["HF_HUB_DOWNLOAD_TIMEOUT"] = "600";
        _cli.Variables["HF_HUB_ETAG_TIMEOUT"] = "600";

        CommandResult terminal = await SnugProcess.ShellAsync(_cli, $"script -qec '$SNUG download {Model} --background' /dev/null");
        JsonElement running = await JobAsync();
        await SignalAsync("-HUP", running);
        Assert.Equal((0, "running"), (terminal.ExitCode, running.GetProperty("state").GetString()));
        Assert.Contains(running.GetProperty("id").GetString()!, terminal.Output, StringComparison.Ordinal);
        Assert.Equal([Model], running.GetProperty("repositories").EnumerateArray().Select(name => name.GetString()));
        released.SetResult();
        JsonElement ended = await EndAsync();

        Assert.Equal(("done", 0, 100), (ended.GetProperty("state").GetString(), ended.GetProperty("exitCode").GetInt32(), ended.GetProperty("percent").GetInt32()));
        string? file = new HubCache(_cli.Cache).TryGetFile(Model, "model.safetensors");
        Assert.True(file is not null, await LogAsync(ended));
        Assert.Equal(WeightBytes, (await File.ReadAllBytesAsync(file, Cancellation)).Length);
        CliResult table = await _cli.RunAsync("jobs");
        Assert.Matches($"^{ended.GetProperty("id").GetString()}\tdone\t100\t{WeightBytes + 2}\t\\S+Z\t\\d+\t{Model}\n$", table.Out);
    }

    [Fact]
    [Trait("Requirement", "S2-27")]
    public async Task Other_programs_read_from_a_file_how_far_a_download_is()
    {
        FaultRule stalled = _hub.Faults.Add(new FaultRule { Fault = Fault.StallBody(Stalled), Listener = HubListener.Storage });
        _cli.Variables["HF_HUB_DOWNLOAD_TIMEOUT"] = "600";
        CommandResult start = await SnugProcess.RunAsync(_cli, null, "download", Model, "--max-workers", "1", "--background", "--json");
        Assert.True(start.ExitCode == 0, start.Error);
        string record = Path.Join(Folder, JsonDocument.Parse(start.Output).RootElement.GetProperty("id").GetString() + ".json");

        JsonElement job;
        do
        {
            await Task.Delay(20, Cancellation);
            job = JsonDocument.Parse(await File.ReadAllBytesAsync(record, Cancellation)).RootElement;
        }
        while (job.GetProperty("bytesDone").GetInt64() < Stalled / 2);

        Assert.True(stalled.Hits > 0);
        Assert.Equal(
            ("running", 2, WeightBytes + 2L),
            (job.GetProperty("state").GetString(), job.GetProperty("filesTotal").GetInt32(), job.GetProperty("bytesTotal").GetInt64()));
        Assert.InRange(job.GetProperty("percent").GetInt32(), 1, 99);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(record));
        }

        await SignalAsync("-TERM", job);
        JsonElement ended = await EndAsync();
        Assert.Equal(("cancelled", ExitCodes.Cancelled), (ended.GetProperty("state").GetString(), ended.GetProperty("exitCode").GetInt32()));
    }

    [Fact]
    public async Task A_job_that_is_killed_is_lost_and_the_next_one_takes_up_what_it_left()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to send to one process.");
        _hub.Faults.Add(new FaultRule { Fault = Fault.StallBody(Stalled), Listener = HubListener.Storage });
        await SnugProcess.RunAsync(_cli, null, "download", Model, "--max-workers", "1", "--background");
        JsonElement job;
        while ((job = await JobAsync()).GetProperty("bytesDone").GetInt64() < Stalled / 2)
        {
            await Task.Delay(20, Cancellation);
        }

        await SignalAsync("-KILL", job);
        JsonElement lost = await EndAsync();
        _hub.Faults.Clear();
        CliResult next = await _cli.RunAsync("download", Model, "model.safetensors", "--json");

        Assert.Equal(("lost", JsonValueKind.Null), (lost.GetProperty("state").GetString(), lost.GetProperty("exitCode").ValueKind));
        Assert.InRange(next.Json.GetProperty("transferredBytes").GetInt64(), 1, WeightBytes - 1);
    }

    [Theory]
    [InlineData("--background=true")]
    [InlineData("--background:true")]
    public async Task A_job_is_one_process_however_it_was_asked_for(string option)
    {
        CommandResult start = await SnugProcess.RunAsync(_cli, null, "download", Model, option);
        JsonElement ended = await EndAsync();

        Assert.Equal((0, ended.GetProperty("id").GetString()), (start.ExitCode, start.Output.Trim()));
        Assert.Equal("done", ended.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_job_that_fails_has_the_exit_code_of_its_command_and_says_why_in_its_log()
    {
        CommandResult start = await SnugProcess.RunAsync(_cli, null, "ensure", "-m", "org/nowhere", "--background", "--quiet");
        JsonElement ended = await EndAsync();
        CliResult shown = await _cli.RunAsync("jobs", start.Output.Trim()[..4]);

        Assert.Equal((0, ""), (start.ExitCode, start.Error));
        Assert.Equal(("failed", ExitCodes.NotFound), (ended.GetProperty("state").GetString(), ended.GetProperty("exitCode").GetInt32()));
        Assert.Contains("\tfailed\t", shown.Out, StringComparison.Ordinal);
        Assert.Contains("error: org/nowhere", shown.Error, StringComparison.Ordinal);
        Assert.Contains("  1. ", shown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_makes_no_sense_is_wrong_use()
    {
        CliResult none = await _cli.RunAsync("jobs");
        CliResult unknown = await _cli.RunAsync("jobs", "beef");
        CliResult dry = await _cli.RunAsync("download", Model, "--dry-run", "--background");

        Assert.Equal((ExitCodes.Done, ""), (none.ExitCode, none.Out));
        Assert.Equal((ExitCodes.Usage, ExitCodes.Usage), (unknown.ExitCode, dry.ExitCode));
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public void Jobs_that_ended_long_ago_are_forgotten_and_records_that_nobody_wrote_are_passed_over()
    {
        DateTimeOffset now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        JobFolder folder = new(_cli.Home);
        (Job old, string record) = folder.Create([Model], now.AddDays(-9));
        JobFolder.Write(record, old with { State = JobState.Done, ExitCode = 0, Ended = now.AddDays(-8) });
        (Job failed, record) = folder.Create([Model], now.AddDays(-7));
        JobFolder.Write(record, failed with { State = JobState.Failed, ExitCode = 7, Ended = now.AddDays(-6) });
        (Job silent, _) = folder.Create([Model], now.AddHours(-1));
        File.WriteAllText(Path.Join(Folder, "half.json"), "{\"id\":");
        File.WriteAllText(Path.Join(Folder, "other.json"), "[]");
        File.WriteAllText(Path.Join(Folder, "foreign.json"), File.ReadAllText(record).Replace(failed.Id, "*", StringComparison.Ordinal).Replace("2026-02", "2025-02", StringComparison.Ordinal));

        (Job starting, _) = folder.Create([Model], now);

        Assert.Equal(
            [(failed.Id, JobState.Failed), (silent.Id, JobState.Lost), (starting.Id, JobState.Starting)], folder.Read(now).Select(job => (job.Id, job.State)));
        Assert.False(File.Exists(Path.Join(Folder, old.Id + ".json")));
        Assert.True(File.Exists(Path.Join(Folder, "foreign.json")));
    }

    private async Task<JsonElement> JobAsync() => Assert.Single((await _cli.RunAsync("jobs", "--json")).Json.GetProperty("jobs").EnumerateArray());

    private async Task<JsonElement> EndAsync()
    {
        JsonElement job;
        while ((job = await JobAsync()).GetProperty("state").GetString() is "starting" or "running")
        {
            await Task.Delay(20, Cancellation);
        }

        return job;
    }

    private static Task<string> LogAsync(JsonElement job) => File.ReadAllTextAsync(job.GetProperty("log").GetString()!, Cancellation);

    private static async Task SignalAsync(string signal, JsonElement job)
    {
        using Process kill = Process.Start("kill", [signal, job.GetProperty("processId").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancellation);
    }
}
