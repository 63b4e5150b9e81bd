using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Processes that want the same thing share the work.</summary>
public sealed class ManyProcessesTests(ITestOutputHelper output)
{
    private const string Id = "org/mixed";
    private const int Processes = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Eight_processes_at_once_end_with_one_good_copy_fetched_about_once()
    {
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddMixedAsync(source, Id);
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        using TemporaryCache cache = new();
        RunningCommand[] commands = [.. Enumerable.Range(0, Processes).Select(i => KilledDownload.Start(hub.Endpoint, cache, Id, Path.Join(cache.Root, $"counters-{i}")))];
        CommandResult[] results = await Task.WhenAll(commands.Select(command => command.WaitAsync(Cancellation)));
        foreach (RunningCommand command in commands)
        {
            await command.DisposeAsync();
        }

        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.Error));
        cache.AssertSnapshot(Id, commit);
        Assert.Empty(cache.PartialFiles());
        long received = Enumerable.Range(0, Processes).Sum(i => KilledDownload.ReadCounters(Path.Join(cache.Root, $"counters-{i}")).Received);
        double amplification = (double)received / commit.Tree.TotalSize;
        output.WriteLine($"{Processes} processes: {received} bytes for {commit.Tree.TotalSize}, amplification {amplification:0.0000}, slowest {results.Max(r => r.Elapsed).TotalSeconds:0.00} s");
        // Small files are taken without a lock, and the last blocks may be raced for; nothing else comes twice.
        Assert.InRange(amplification, 1, 1.15);
    }

    [Fact]
    public async Task When_the_process_at_work_is_killed_another_takes_over_what_it_had()
    {
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddLargeAsync(source, Id, 40_000_000);
        await using TestHub hub = await TestHub.StartAsync(source, new LinkShape { BytesPerSecond = 5e6 }, cancellationToken: Cancellation);
        using TemporaryCache cache = new();
        string[] counters = [Path.Join(cache.Root, "counters-0"), Path.Join(cache.Root, "counters-1")];
        await using RunningCommand first = KilledDownload.Start(hub.Endpoint, cache, Id, counters[0], maxConnections: 4);
        while (KilledDownload.KeptBytes(cache, Id, commit) < 10_000_000)
        {
            Assert.False(first.HasExited);
            await Task.Delay(20, Cancellation);
        }

        await using RunningCommand second = KilledDownload.Start(hub.Endpoint, cache, Id, counters[1], maxConnections: 4);
        await Task.Delay(300, Cancellation);
        first.Kill();
        await first.WaitAsync(Cancellation);
        CommandResult result = await second.WaitAsync(Cancellation);

        Assert.True(result.ExitCode == 0, result.Error);
        cache.AssertSnapshot(Id, commit);
        Assert.Empty(cache.PartialFiles());
        (long firstReceived, long firstPeak) = KilledDownload.ReadCounters(counters[0]);
        (long secondReceived, long secondPeak) = KilledDownload.ReadCounters(counters[1]);
        Assert.InRange(firstReceived + secondReceived, 40_000_000, 40_000_000 + ((firstPeak + secondPeak) * KilledDownload.BlockSize));
    }
}
