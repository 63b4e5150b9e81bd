using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Faults of the requests before any content: information about the revision, the listing, and redirects.</summary>
public sealed class ApiFaultTests(ContentFaultTests.Repositories fixture) : IClassFixture<ContentFaultTests.Repositories>
{
    private const string Info = "/api/models/org/small/revision/*";
    private const string Listing = "/api/models/org/small/tree/*";

    private static readonly (Fault Fault, int? Times)[] Passing =
    [
        (Fault.Refuse(), 2),
        (Fault.StallHeaders(), 1),
        (Fault.StallBody(0), 1),
        (Fault.StallBody(10), 1),
        (Fault.ResetBody(0), 1),
        (Fault.ResetBody(10), 1),
        (Fault.TruncateBody(10), 1),
        (Fault.NoLength(), null),
        (Fault.ETag(null), null),
        (Fault.Status(500), 2),
        (Fault.Status(503, retryAfter: "1"), 1),
        (Fault.Status(504), 3),
        (Fault.TooManyRequests(), 2),
        (Fault.TooManyRequests(resetSeconds: 0), 1),
        (Fault.Quota(0, 1), 1),
    ];

    private static readonly (Fault Fault, HubErrorKind Kind)[] Staying =
    [
        (Fault.Refuse(), HubErrorKind.Network),
        (Fault.StallHeaders(), HubErrorKind.Timeout),
        (Fault.StallBody(10), HubErrorKind.Timeout),
        (Fault.ResetBody(10), HubErrorKind.Network),
        (Fault.TruncateBody(10), HubErrorKind.Network),
        (Fault.Status(500), HubErrorKind.ServerError),
        (Fault.TooManyRequests(retryAfterSeconds: 3600), HubErrorKind.RateLimited),
        (Fault.RedirectLoop(), HubErrorKind.InvalidRequest),
        (Fault.RedirectTo("http://127.0.0.1:1/elsewhere"), HubErrorKind.InvalidRequest),
        (Fault.CaptivePortal(), HubErrorKind.InvalidRequest),
        (Fault.Compress(), HubErrorKind.InvalidRequest),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> PassingCases() => ContentFaultTests.Cases(Passing.Select(c => c.Fault));

    public static TheoryData<string, int> StayingCases() => ContentFaultTests.Cases(Staying.Select(c => c.Fault));

    [Theory]
    [MemberData(nameof(PassingCases))]
    public Task A_fault_that_passes_is_survived(string fault, int number) => Task.WhenAll(((string[])[Info, Listing]).Select(async path =>
    {
        await using TestHub hub = await fixture.Value.StartAsync();
        using TemporaryCache cache = new();
        using HubClient client = FaultyRepositories.CreateClient(hub, cache);
        FaultRule rule = hub.Faults.Add(path, Passing[number].Fault, Passing[number].Times);

        await client.DownloadSnapshotAsync(FaultyRepositories.Id("small"), cancellationToken: Cancellation);

        Assert.True(rule.Hits > 0, $"'{fault}' did not happen:\n{hub.Requests}");
        cache.AssertSnapshot(FaultyRepositories.Id("small"), fixture.Value.Commit("small"));
    }));

    [Theory]
    [MemberData(nameof(StayingCases))]
    public Task A_fault_that_stays_is_the_documented_error_and_the_next_run_without_it_succeeds(string fault, int number) =>
        Task.WhenAll(((string[])[Info, Listing]).Select(async path =>
        {
            await using TestHub hub = await fixture.Value.StartAsync();
            using TemporaryCache cache = new();
            using HubClient client = FaultyRepositories.CreateClient(hub, cache);
            hub.Faults.Add(path, Staying[number].Fault);

            HubException e = await Assert.ThrowsAsync<HubException>(
                () => client.DownloadSnapshotAsync(FaultyRepositories.Id("small"), cancellationToken: Cancellation));

            Assert.True(Staying[number].Kind == e.Kind, $"{fault}: {e}");
            // Its status tells an answer that makes no sense from a request that made none.
            Assert.True(e.Kind != HubErrorKind.InvalidRequest || e.StatusCode is not null, $"{fault}: no status");
            Assert.NotEmpty(e.Advice);
            cache.AssertWhole();
            hub.Faults.Clear();
            using HubClient next = FaultyRepositories.CreateClient(hub, cache);
            await next.DownloadSnapshotAsync(FaultyRepositories.Id("small"), cancellationToken: Cancellation);
            cache.AssertSnapshot(FaultyRepositories.Id("small"), fixture.Value.Commit("small"));
        }));

    [Fact]
    public async Task A_slow_redirect_and_a_burst_of_refusals_before_the_storage_are_survived()
    {
        await using TestHub hub = await fixture.Value.StartAsync();
        using TemporaryCache cache = new();
        using HubClient client = FaultyRepositories.CreateClient(hub, cache);
        FaultRule burst = hub.Faults.Add("*/resolve/*", Fault.Status(503), times: 2);
        FaultRule slow = hub.Faults.Add("*/resolve/*", Fault.SlowHeaders(TimeSpan.FromMilliseconds(150)));

        await client.DownloadSnapshotAsync(FaultyRepositories.Id("large"), cancellationToken: Cancellation);

        Assert.Equal(2, burst.Hits);
        Assert.True(slow.Hits > 0);
        cache.AssertSnapshot(FaultyRepositories.Id("large"), fixture.Value.Commit("large"));
    }
}
