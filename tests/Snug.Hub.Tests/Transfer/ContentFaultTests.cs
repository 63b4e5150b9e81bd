using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>
/// Every fault of file content: one that passes is survived, one that stays becomes the documented error, and either way nothing
/// wrong is in the cache.
/// </summary>
public sealed class ContentFaultTests(ContentFaultTests.Repositories fixture) : IClassFixture<ContentFaultTests.Repositories>
{
    /// <summary>Faults that pass, with how often they happen; <see langword="null"/> for those that stay and do no harm.</summary>
    private static readonly (Fault Fault, int? Times, string Sizes)[] Passing =
    [
        (Fault.Refuse(), 2, "all"),
        (Fault.StallHeaders(), 1, "all"),
        (Fault.SlowHeaders(TimeSpan.FromMilliseconds(60)), null, "all"),
        (Fault.StallBody(0), 1, "all"),
        (Fault.StallBody(1), 1, "all"),
        (Fault.StallBody(1500), 1, "all"),
        (Fault.StallBody(600_000), 2, "large"),
        (Fault.Trickle(2_000), 1, "all"),
        (Fault.Trickle(2_000, after: 700_000), 1, "large"),
        (Fault.ResetBody(0), 2, "all"),
        (Fault.ResetBody(1), 2, "all"),
        (Fault.ResetBody(2_999), 2, "all"),
        (Fault.ResetBody(262_144), 3, "large"),
        (Fault.ResetBody(1_000_000), null, "large"),
        (Fault.TruncateBody(0), 2, "all"),
        (Fault.TruncateBody(1_500), 2, "all"),
        (Fault.TruncateBody(1_000_000), null, "large"),
        (Fault.FlipByte(0), 1, "all"),
        (Fault.FlipByte(2_999), 1, "all"),
        (Fault.FlipByte(1_234_567), 1, "large"),
        (Fault.ETag("\"other\""), null, "all"),
        (Fault.ETag("W/\"weak\""), null, "all"),
        (Fault.ETag(null), null, "all"),
        (Fault.NoLength(), null, "all"),
        (Fault.WrongLength(-1), 1, "all"),
        (Fault.WrongLength(1), 1, "all"),
        // The bytes wanted are all there; what comes after them is not looked at.
        (Fault.All(Fault.NoLength(), Fault.WrongLength(1)), null, "small stored"),
        (Fault.WrongLength(1), null, "large"),
        (Fault.IgnoreRange(), null, "all"),
        (Fault.IgnoreRange(), 1, "large"),
        (Fault.All(Fault.IgnoreRange(), Fault.ResetBody(5_000_000)), 2, "large"),
        (Fault.Header("Accept-Ranges", "none"), null, "all"),
        (Fault.WrongContentRange(100), 1, "large"),
        (Fault.WrongTotal(1), 1, "large"),
        (Fault.Status(408), 2, "all"),
        (Fault.Status(500), 2, "all"),
        (Fault.Status(502), 2, "all"),
        (Fault.Status(503), 3, "all"),
        (Fault.Status(503, retryAfter: "1"), 1, "all"),
        (Fault.Status(504), 2, "all"),
        (Fault.TooManyRequests(), 2, "all"),
        (Fault.TooManyRequests(retryAfterSeconds: 1), 1, "all"),
        (Fault.TooManyRequests(resetSeconds: 0), 1, "all"),
        (Fault.ExpireSignature(), 1, "stored large"),
        (Fault.CaptivePortal(), 1, "all"),
        (Fault.Compress(), 1, "all"),
    ];

    /// <summary>Faults that stay, with the error that they must become.</summary>
    private static readonly (Fault Fault, HubErrorKind Kind, string Sizes)[] Staying =
    [
        (Fault.Refuse(), HubErrorKind.Network, "all"),
        (Fault.StallHeaders(), HubErrorKind.Timeout, "all"),
        (Fault.StallBody(0), HubErrorKind.Timeout, "all"),
        (Fault.StallBody(1500), HubErrorKind.Timeout, "small stored"),
        (Fault.Trickle(1_000), HubErrorKind.Timeout, "small stored"),
        (Fault.ResetBody(0), HubErrorKind.Network, "all"),
        (Fault.ResetBody(1500), HubErrorKind.Network, "small stored"),
        (Fault.TruncateBody(0), HubErrorKind.Network, "all"),
        (Fault.TruncateBody(1500), HubErrorKind.Network, "small stored"),
        (Fault.FlipByte(0), HubErrorKind.Corrupted, "all"),
        (Fault.FlipByte(2_999), HubErrorKind.Corrupted, "all"),
        (Fault.WrongLength(-1), HubErrorKind.Corrupted, "small stored"),
        (Fault.WrongLength(1), HubErrorKind.Corrupted, "small stored"),
        (Fault.WrongLength(-1), HubErrorKind.Network, "large"),
        (Fault.WrongContentRange(100), HubErrorKind.InvalidRequest, "large"),
        (Fault.WrongTotal(1), HubErrorKind.Corrupted, "large"),
        (Fault.Status(400), HubErrorKind.InvalidRequest, "small"),
        (Fault.Status(408), HubErrorKind.Timeout, "small"),
        (Fault.Status(500), HubErrorKind.ServerError, "all"),
        (Fault.Status(502), HubErrorKind.ServerError, "all"),
        (Fault.Status(503), HubErrorKind.ServerError, "all"),
        (Fault.Status(504), HubErrorKind.ServerError, "all"),
        (Fault.Status(503, retryAfter: "3600"), HubErrorKind.ServerError, "all"),
        (Fault.TooManyRequests(), HubErrorKind.RateLimited, "all"),
        (Fault.TooManyRequests(retryAfterSeconds: 3600), HubErrorKind.RateLimited, "all"),
        (Fault.TooManyRequests(resetSeconds: 3600), HubErrorKind.RateLimited, "all"),
        (Fault.ExpireSignature(), HubErrorKind.ServerError, "stored large"),
        (Fault.RedirectLoop(), HubErrorKind.InvalidRequest, "all"),
        (Fault.CaptivePortal(), HubErrorKind.Corrupted, "all"),
        (Fault.Compress(), HubErrorKind.Corrupted, "all"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> PassingCases() => Cases(Passing.Select(c => c.Fault));

    public static TheoryData<string, int> StayingCases() => Cases(Staying.Select(c => c.Fault));

    [Theory]
    [MemberData(nameof(PassingCases))]
    public Task A_fault_that_passes_is_survived(string fault, int number) => ForEachSizeAsync(Passing[number].Sizes, async size =>
    {
        await using TestHub hub = await fixture.Value.StartAsync();
        using TemporaryCache cache = new();
        using HubClient client = FaultyRepositories.CreateClient(hub, cache);
        FaultRule rule = FaultyRepositories.OnContent(hub, size, Passing[number].Fault, Passing[number].Times);

        await client.DownloadSnapshotAsync(FaultyRepositories.Id(size), cancellationToken: Cancellation);

        Assert.True(rule.Hits > 0, $"'{fault}' did not happen to the {size} file:\n{hub.Requests}");
        cache.AssertSnapshot(FaultyRepositories.Id(size), fixture.Value.Commit(size));
        Assert.Empty(cache.PartialFiles());
    });

    [Theory]
    [MemberData(nameof(StayingCases))]
    public Task A_fault_that_stays_is_the_documented_error_and_the_next_run_without_it_succeeds(string fault, int number) =>
        ForEachSizeAsync(Staying[number].Sizes, async size =>
        {
            await using TestHub hub = await fixture.Value.StartAsync();
            using TemporaryCache cache = new();
            using HubClient client = FaultyRepositories.CreateClient(hub, cache);
            FaultyRepositories.OnContent(hub, size, Staying[number].Fault, times: null);

            HubException e = await Assert.ThrowsAsync<HubException>(
                () => client.DownloadSnapshotAsync(FaultyRepositories.Id(size), cancellationToken: Cancellation));

            Assert.True(Staying[number].Kind == e.Kind, $"{fault} of the {size} file: {e}");
            Assert.NotEmpty(e.Advice);
            Assert.NotNull(e.File);
            // Three tries over sixteen connections each, and some that help where the machine is slow; but not for ever.
            Assert.InRange(hub.Requests.Count, 1, 150);
            cache.AssertWhole();

            // The next run knows nothing of this one: a client keeps in mind how long its quota is used up.
            hub.Faults.Clear();
            using HubClient next = FaultyRepositories.CreateClient(hub, cache);
            await next.DownloadSnapshotAsync(FaultyRepositories.Id(size), cancellationToken: Cancellation);
            cache.AssertSnapshot(FaultyRepositories.Id(size), fixture.Value.Commit(size));
            Assert.Empty(cache.PartialFiles());
        });

    internal static TheoryData<string, int> Cases(IEnumerable<Fault> faults)
    {
        TheoryData<string, int> cases = [];
        foreach ((int number, Fault fault) in faults.Index())
        {
            cases.Add(fault.Name, number);
        }

        return cases;
    }

    /// <summary>At the same time: most of a fault is waiting.</summary>
    private static Task ForEachSizeAsync(string sizes, Func<string, Task> test) =>
        Task.WhenAll(FaultyRepositories.Sizes.Where(size => sizes == "all" || sizes.Split(' ').Contains(size)).Select(test));

    public sealed class Repositories : IAsyncLifetime
    {
        internal FaultyRepositories Value { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Value = await FaultyRepositories.CreateAsync();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
