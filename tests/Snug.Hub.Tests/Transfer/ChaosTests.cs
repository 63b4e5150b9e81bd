using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Everything goes wrong at once, now and then: the download still ends with the right content.</summary>
public sealed class ChaosTests
{
    private const string Id = "org/model";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_line_full_of_faults_delivers_in_the_end(int seed)
    {
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddAsync(
            source,
            Id,
            SyntheticRepositories.MixedSizes.Where(size => size <= 16 << 20)
                .Select((size, index) => ($"file-{index}.{(index % 2 == 0 ? "safetensors" : "json")}", RepositoryContent.Pseudorandom(size, seed + (100 * index)))));
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        Fault[] faults =
        [
            Fault.Refuse(), Fault.StallHeaders(), Fault.StallBody(10), Fault.StallBody(300_000), Fault.ResetBody(0), Fault.ResetBody(700_000),
            Fault.TruncateBody(1_000), Fault.TruncateBody(1_000_000), Fault.ETag(null), Fault.NoLength(), Fault.IgnoreRange(),
            Fault.Status(500), Fault.Status(503), Fault.TooManyRequests(), Fault.SlowHeaders(TimeSpan.FromMilliseconds(40)),
            Fault.Trickle(5_000),
        ];
        Fault[] lies = [Fault.CaptivePortal(), Fault.Compress(), Fault.FlipByte(100), Fault.WrongContentRange(1)];
        foreach ((int index, Fault fault) in faults.Index())
        {
            // One request in fifty for each: together every third is not as it should be.
            hub.Faults.Add(new FaultRule { Fault = fault, Probability = 0.02, Seed = (seed * 100) + index });
        }

        foreach ((int index, Fault fault) in lies.Index())
        {
            // Wrong answers are believed after three, and what is no listing at all is an error at once: a few, for content only.
            hub.Faults.Add(new FaultRule { Fault = fault, Times = 1, Skip = (5 * index) + seed, Path = "*/file-*" });
        }

        using TemporaryCache cache = new();
        using HubClient client = hub.CreateClient(cache, options =>
        {
            options.MaxRetries = 12;
            options.ConnectTimeout = TimeSpan.FromMilliseconds(300);
            options.HeaderTimeout = options.IdleTimeout = TimeSpan.FromMilliseconds(300);
            options.MinimumThroughput = 50_000;
            options.MinimumThroughputWindow = TimeSpan.FromMilliseconds(500);
        });

        await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        cache.AssertSnapshot(Id, commit);
        Assert.Empty(cache.PartialFiles());
        Assert.True(hub.Requests.Snapshot().Count(r => r.Fault is not null) >= 5, hub.Requests.ToString());
    }
}
