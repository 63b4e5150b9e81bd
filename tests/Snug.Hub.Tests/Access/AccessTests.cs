using System.Net;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>What a check of access tells beyond the decision, and what it costs.</summary>
public sealed class AccessTests(AccessHub hub) : IClassFixture<AccessHub>, IDisposable
{
    private readonly TemporaryCache _cache = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task A_renamed_repository_is_reported_under_both_names()
    {
        using HubClient client = hub.Client(_cache, "alice");

        AccessReport report = await client.CheckAccessAsync(AccessHub.OldName, cancellationToken: Cancellation);

        Assert.Equal((AccessState.Public, AccessHub.Tiny), (report.State, report.RenamedTo?.ToString()));
        Assert.Contains(AccessHub.Tiny, Assert.Single(report.Advice), StringComparison.Ordinal);
        Assert.EndsWith("/" + AccessHub.Tiny, report.Page.AbsoluteUri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AccessHub.Tiny, GatedMode.None, false)]
    [InlineData(AccessHub.Gated, GatedMode.Auto, false)]
    [InlineData(AccessHub.Manual, GatedMode.Manual, false)]
    [InlineData(AccessHub.Private, GatedMode.None, true)]
    public async Task The_gate_and_the_size_are_told_also_to_who_may_not_read(string repository, GatedMode gate, bool isPrivate)
    {
        using HubClient member = hub.Client(_cache, "carol");
        using HubClient stranger = hub.Client(_cache, "bob");

        AccessReport report = await member.CheckAccessAsync(repository, cancellationToken: Cancellation);
        AccessReport refused = await stranger.CheckAccessAsync(repository, cancellationToken: Cancellation);

        DownloadPlan plan = await member.PlanDownloadAsync(repository, cancellationToken: Cancellation);
        Assert.Equal((gate, isPrivate), (report.Gate, report.IsPrivate));
        Assert.Equal((plan.TotalBytes, plan.TotalBytes, plan.Files.Count, plan.Commit), (report.TotalBytes, report.MissingBytes, report.Files, report.Commit));
        Assert.Equal(isPrivate ? null : report.TotalBytes, refused.TotalBytes);
        Assert.Equal(isPrivate ? null : gate, refused.Gate);
    }

    [Fact]
    public async Task Advice_for_a_gate_says_whether_it_opens_at_once()
    {
        using HubClient client = hub.Client(_cache, "bob");

        AccessReport automatic = await client.CheckAccessAsync(AccessHub.Gated, cancellationToken: Cancellation);
        AccessReport manual = await client.CheckAccessAsync(AccessHub.Manual, cancellationToken: Cancellation);

        Assert.Contains("granted at once", automatic.Advice[0], StringComparison.Ordinal);
        Assert.Contains("authors decide", manual.Advice[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patterns_select_what_counts()
    {
        using HubClient client = hub.Client(_cache, null);

        IReadOnlyList<AccessReport> reports = await client.CheckAccessAsync(
            [
                new AccessQuery(AccessHub.Tiny) { IncludeSizes = true, Include = ["*.safetensors"] },
                new AccessQuery(AccessHub.Tiny) { IncludeSizes = true, Exclude = ["*"] },
                new AccessQuery(AccessHub.Tiny),
            ],
            Cancellation);

        RepositoryFile file = Assert.Single(await client.GetPathsInfoAsync(AccessHub.Tiny, ["model.safetensors"], cancellationToken: Cancellation));
        Assert.Equal((1, file.Size), (reports[0].Files, reports[0].TotalBytes));
        Assert.Equal((0, 0), (reports[1].Files, reports[1].TotalBytes));
        Assert.Equal((null, null), (reports[2].Files, reports[2].TotalBytes));
    }

    [Fact]
    public async Task What_is_cached_counts_as_present()
    {
        using HubClient client = hub.Client(_cache, null);
        await client.DownloadFileAsync(AccessHub.Tiny, "config.json", cancellationToken: Cancellation);

        AccessReport some = await client.CheckAccessAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        await client.DownloadSnapshotAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        AccessReport all = await client.CheckAccessAsync(AccessHub.Tiny, cancellationToken: Cancellation);

        Assert.Equal((1, false), (some.Cached?.Files, some.Cached?.IsWhole));
        Assert.Equal(some.TotalBytes, some.MissingBytes + some.Cached?.Bytes);
        Assert.Equal((all.Files, true, all.TotalBytes, 0), (all.Cached?.Files, all.Cached?.IsWhole, all.Cached?.Bytes, all.MissingBytes));
    }

    [Fact]
    public async Task What_was_damaged_in_the_cache_counts_as_missing()
    {
        using HubClient client = hub.Client(_cache, null);
        CachedSnapshot snapshot = await client.DownloadSnapshotAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        AccessReport whole = await client.CheckAccessAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        string file = new FileInfo(snapshot.GetFile("model.safetensors")).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        long length = new FileInfo(file).Length;
        await File.WriteAllBytesAsync(file, new byte[length / 2], Cancellation);

        AccessReport cut = await client.CheckAccessAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        using HubClient offlineClient = hub.Client(_cache, null, options => options.Offline = true);
        AccessReport offline = await offlineClient.CheckAccessAsync(AccessHub.Tiny, cancellationToken: Cancellation);

        Assert.Equal((length, false, whole.Cached!.Files - 1, whole.Cached.Bytes - length), (cut.MissingBytes, cut.Cached!.IsWhole, cut.Cached.Files, cut.Cached.Bytes));
        Assert.Equal((AccessState.NotCached, false), (offline.State, offline.Cached!.IsWhole));
    }

    [Fact]
    public async Task An_anonymous_question_leaves_the_token_out()
    {
        using HubClient client = hub.Client(_cache, "alice");

        IReadOnlyList<AccessReport> reports = await client.CheckAccessAsync(
            [new AccessQuery(AccessHub.Gated), new AccessQuery(AccessHub.Gated) { Anonymous = true }], Cancellation);

        Assert.Equal([AccessState.GatedGranted, AccessState.GatedNoToken], reports.Select(r => r.State));
        Assert.Equal(["option", null], reports.Select(r => r.TokenSource));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("alice-expired")]
    public async Task A_refused_token_does_not_hide_what_needs_none(string who)
    {
        using HubClient client = hub.Client(_cache, who);

        AccessReport open = await client.CheckAccessAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        AccessReport gated = await client.CheckAccessAsync(AccessHub.Gated, cancellationToken: Cancellation);

        Assert.True(open.IsPublic);
        Assert.Equal("snug/tiny-model is public: without any token it can be read as it is.", open.Advice[^1]);
        Assert.Equal((false, GatedMode.Auto), (gated.IsPublic, gated.Gate));
    }

    [Fact]
    public async Task A_revision_that_does_not_exist_is_told_from_a_repository_that_does_not()
    {
        using HubClient client = hub.Client(_cache, null);

        AccessReport report = await client.CheckAccessAsync(AccessHub.Tiny, "no-such-branch", Cancellation);

        Assert.Equal((AccessState.RevisionNotFound, "revision_not_found"), (report.State, report.Code));
    }

    [Fact]
    public async Task Ten_repositories_are_asked_about_in_one_round_trip()
    {
        // No request is answered before all are there: the check passes only if none waits for another one's answer.
        const int Repositories = 10;
        Gathering gathering = new(2 * Repositories);
        await using HubServer server = await gathering.StartAsync(new FolderRepositorySource(Checkout.Samples));
        using HubClient client = hub.Client(_cache, "alice", options => options.Endpoint = server.Endpoint);
        string[] states = [AccessHub.Tiny, AccessHub.Gated, AccessHub.Manual, AccessHub.Private, AccessHub.Missing];

        IReadOnlyList<AccessReport> reports = await client.CheckAccessAsync(
            Enumerable.Range(0, Repositories).Select(i => new AccessQuery(states[i % states.Length]) { IncludeSizes = true }), Cancellation);

        Assert.Equal((2 * Repositories, true), (gathering.Count, gathering.WasComplete));
        Assert.Equal(8, reports.Count(r => r.IsReadable));
    }

    [Fact]
    public async Task A_refused_token_costs_a_second_round_trip_and_no_third()
    {
        const int Repositories = 10;
        Gathering gathering = new(2 * Repositories, Repositories);
        await using HubServer server = await gathering.StartAsync(new FolderRepositorySource(Checkout.Samples));
        using HubClient client = hub.Client(_cache, "unknown", options => options.Endpoint = server.Endpoint);

        await client.CheckAccessAsync(Enumerable.Range(0, Repositories).Select(_ => new AccessQuery(AccessHub.Tiny)), Cancellation);

        Assert.Equal((3 * Repositories, true), (gathering.Count, gathering.WasComplete));
    }

    [Theory]
    [InlineData(AccessHub.Tiny, "bob", AccessState.Public)]
    [InlineData(AccessHub.Gated, "alice", AccessState.GatedGranted)]
    [InlineData(AccessHub.Gated, "bob", AccessState.GatedNotGranted)]
    [InlineData(AccessHub.Gated, null, AccessState.GatedNoToken)]
    [InlineData(AccessHub.Gated, "alice-fine", AccessState.TokenLacksGatedPermission)]
    [InlineData(AccessHub.Private, "alice", AccessState.PrivateGranted)]
    [InlineData(AccessHub.Missing, "alice", AccessState.NotFound)]
    public async Task Where_there_is_no_route_for_it_the_content_itself_is_probed(string repository, string? who, AccessState state)
    {
        await using HubServer server = await HubServer.StartAsync(
            new HubServerOptions
            {
                Source = new FolderRepositorySource(Checkout.Samples),
                Configure = application => Microsoft.AspNetCore.Builder.UseExtensions.Use(application, (context, next) =>
                {
                    if (!context.Request.Path.Value!.EndsWith("/auth-check", StringComparison.Ordinal))
                    {
                        return next(context);
                    }

                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
                }),
            },
            Cancellation);
        using HubClient client = hub.Client(_cache, who, options => options.Endpoint = server.Endpoint);

        AccessReport report = await client.CheckAccessAsync(repository, cancellationToken: Cancellation);

        Assert.Equal(state, report.State);
    }

    [Fact]
    public async Task Offline_the_cache_answers_and_nothing_is_sent()
    {
        using HubClient online = hub.Client(_cache, null);
        await online.DownloadSnapshotAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        await online.DownloadFileAsync("datasets/snug/tiny-data", "README.md", cancellationToken: Cancellation);
        using HubClient offline = hub.Client(_cache, null, options => options.Offline = true);
        int before = hub.Hub.Requests.Count;

        IReadOnlyList<AccessReport> reports = await offline.CheckAccessAsync(
            [new AccessQuery(AccessHub.Tiny), new AccessQuery("datasets/snug/tiny-data"), new AccessQuery(AccessHub.Gated)], Cancellation);

        Assert.Equal([AccessState.Cached, AccessState.Cached, AccessState.NotCached], reports.Select(r => r.State));
        Assert.Equal([true, null, null], reports.Select(r => r.Cached?.IsWhole));
        Assert.Equal("offline_not_cached", reports[2].Code);
        Assert.Equal(before, hub.Hub.Requests.Count);
    }

    [Theory]
    [Trait("Requirement", "S3-36")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hub_that_cannot_be_reached_makes_offline_mode_an_advice_only_for_what_is_cached(bool cached)
    {
        using HubClient client = hub.Client(_cache, null);
        if (cached)
        {
            await client.DownloadSnapshotAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        }

        using HubClient cut = hub.Client(_cache, null, options => options.Endpoint = new Uri("http://127.0.0.1:1"));
        AccessReport report = await cut.CheckAccessAsync(AccessHub.Tiny, cancellationToken: Cancellation);

        Assert.Equal((AccessState.Unreachable, "network_unreachable"), (report.State, report.Code));
        Assert.Contains("connection refused", report.Message, StringComparison.Ordinal);
        Assert.Contains(report.Advice, a => a.Contains("proxy", StringComparison.Ordinal));
        Assert.Equal(cached, report.Advice.Any(a => a.Contains("--offline", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_failure_that_passes_does_not_hide_a_refusal_that_stays()
    {
        await using TestHub failing = await TestHub.StartAsync(new FolderRepositorySource(Checkout.Samples), cancellationToken: Cancellation);
        failing.Faults.Add("*/auth-check", Fault.Custom("unwell", (context, _) =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return Task.CompletedTask;
        }));
        using HubClient client = hub.Client(_cache, null, options => options.Endpoint = failing.Endpoint);

        AccessReport missing = await client.CheckAccessAsync(AccessHub.Missing, cancellationToken: Cancellation);
        AccessReport gated = await client.CheckAccessAsync(AccessHub.Gated, cancellationToken: Cancellation);

        Assert.Equal(AccessState.NotFound, missing.State);
        Assert.Equal((AccessState.Unreachable, "server_error", GatedMode.Auto), (gated.State, gated.Code, gated.Gate));
    }
}
