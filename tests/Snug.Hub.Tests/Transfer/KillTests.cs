using System.Globalization;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>
/// SIGKILL at random points of a snapshot of thirty files from nothing to 64 MB. <c>SNUG_KILL_RUNS</c> says how many times; the
/// default is what fits into an ordinary test run.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const string Id = "org/mixed";
    private const int DefaultRuns = 6;
    private const int Seed = 20250101;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "S2-26")]
    public async Task A_killed_download_leaves_a_whole_cache_and_the_next_one_goes_on()
    {
        int runs = int.TryParse(Environment.GetEnvironmentVariable("SNUG_KILL_RUNS"), CultureInfo.InvariantCulture, out int given) ? given : DefaultRuns;
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddMixedAsync(source, Id);
        long content = commit.Tree.TotalSize;

        // Loopback, where a run is over in a moment, and a line on which many blocks are under way at once.
        await using TestHub fast = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        await using TestHub slow = await TestHub.StartAsync(
            source, new LinkShape { RoundTrip = TimeSpan.FromMilliseconds(10), BytesPerSecond = 15e6 }, cancellationToken: Cancellation);
        double[] whole = [await TimeAsync(fast), await TimeAsync(slow)];
#pragma warning disable CA5394 // Points in time need no cryptographic randomness.
        Random random = new(Seed);
        int killed = 0;
        int chains = 0;
        int leftovers = 0;
        long wasted = 0;
        while (killed < runs)
        {
            int line = chains++ % 2;
            using TemporaryCache cache = new();
            Chain chain = new(cache, line == 0 ? fast : slow, commit);
            bool done = false;
            while (!done && killed < runs)
            {
                done = !await chain.RunAsync(TimeSpan.FromSeconds(whole[line] * random.NextDouble()));
                killed += done ? 0 : 1;
            }

            if (!done)
            {
                await chain.RunAsync(TimeSpan.FromMinutes(1));
            }

            cache.AssertSnapshot(Id, commit);
            wasted += chain.Received - content;

            // A small file that was being renamed may be left under its passing name, for 'prune' to sweep; nothing larger may.
            string[] left = cache.PartialFiles();
            leftovers += left.Length;
            Assert.All(left, path => Assert.InRange(new FileInfo(path).Length, 0, KilledDownload.BlockSize));
        }
#pragma warning restore CA5394

        output.WriteLine($"{killed} kills in {chains} downloads of {content} bytes; fetched twice: {wasted} bytes, {(double)wasted / killed / KilledDownload.BlockSize:0.00} parts a kill; {leftovers} small files left unnamed");
    }

    private static async Task<double> TimeAsync(TestHub hub)
    {
        using TemporaryCache cache = new();
        await using RunningCommand command = KilledDownload.Start(hub.Endpoint, cache, Id, Path.Join(cache.Root, "counters"));
        CommandResult result = await command.WaitAsync(Cancellation);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Elapsed.TotalSeconds;
    }

    /// <summary>Runs on one cache until one of them comes to its end.</summary>
    private sealed class Chain(TemporaryCache cache, TestHub hub, HostedCommit commit)
    {
        private int _run;
        private long _peaks;

        public long Received { get; private set; }

        /// <summary>Runs a download and kills it after a time; says whether it was killed before its end.</summary>
        public async Task<bool> RunAsync(TimeSpan delay)
        {
            string counters = Path.Join(cache.Root, $"counters-{_run++}");
            long keptBefore = KilledDownload.KeptBytes(cache, Id, commit);
            bool wasKilled;
            await using (RunningCommand command = KilledDownload.Start(hub.Endpoint, cache, Id, counters))
            {
                Task<CommandResult> ended = command.WaitAsync(Cancellation);
                await Task.WhenAny(ended, Task.Delay(delay, Cancellation));
                command.Kill();
                CommandResult result = await ended;
                wasKilled = result.ExitCode != 0;
                Assert.True(result.ExitCode is 0 or 137, $"exit code {result.ExitCode}: {result.Error}");
            }

            (long received, long peak) = KilledDownload.ReadCounters(counters);
            long keptAfter = KilledDownload.KeptBytes(cache, Id, commit);
            Received += received;
            _peaks += peak;
            cache.AssertWhole();

            // What arrived is kept but for the part that each connection was at; and no more is fetched than was missing and such parts.
            long parts = peak * KilledDownload.BlockSize;
            Assert.True(keptAfter >= keptBefore, $"{keptBefore - keptAfter} bytes were lost that an earlier run had.");
            Assert.True(
                keptAfter - keptBefore >= received - parts, $"{received} bytes arrived over {peak} connections, {keptAfter - keptBefore} were kept.");
            Assert.True(
                received <= commit.Tree.TotalSize - keptBefore + parts,
                $"{received} bytes arrived although {commit.Tree.TotalSize - keptBefore} were missing ({peak} connections).");
            Assert.True(Received <= commit.Tree.TotalSize + (_peaks * KilledDownload.BlockSize), $"{Received} bytes in all.");
            return wasKilled;
        }
    }
}
