using System.Net;
using Snug.Hub;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>Models that are had when they are first asked for.</summary>
public sealed class LazyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_sent_before_the_first_use_and_the_application_is_healthy()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = Create(hub);

        await application.StartAsync();

        Assert.Equal((HttpStatusCode.OK, "Healthy: ready: 0 of 1"), await application.HealthAsync());
        Assert.Equal(0, hub.Hub.Requests.Count);
        Assert.Equal(hub.Commit.Id, (await application.Models.GetAsync(ModelHub.Model, Cancellation)).Commit);
    }

    [Fact]
    public async Task Many_first_uses_at_once_share_one_download()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = Create(hub);
        await application.StartAsync();

        CachedSnapshot[] all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => application.Models.GetAsync(ModelHub.Model, Cancellation)));

        Assert.All(all, snapshot => Assert.Same(all[0], snapshot));
        Assert.Equal(1, hub.Hub.Requests.Snapshot().Count(request => request.Path == "/api/models/org/model/revision/main"));
    }

    [Fact]
    public async Task One_who_stops_waiting_does_not_end_the_download_for_others()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Faults.Add("*/model.safetensors", Fault.Custom("hold", async (_, next) =>
        {
            await released.Task;
            await next();
        }));
        await using TestApplication application = Create(hub);
        await application.StartAsync();
        using CancellationTokenSource impatient = new();

        Task<CachedSnapshot> first = application.Models.GetAsync(ModelHub.Model, impatient.Token);
        Task<CachedSnapshot> second = application.Models.GetAsync(ModelHub.Model, Cancellation);
        await impatient.CancelAsync();
        released.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(hub.Commit.Id, (await second).Commit);
    }

    [Fact]
    public async Task A_failure_stands_for_a_while_and_then_the_next_use_tries_again()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        hub.GoDown();
        ManualTime time = new();
        await using TestApplication application = Create(hub, options => options.Hub.MaxRetries = 0, time);
        await application.StartAsync();

        HubException first = await Assert.ThrowsAsync<HubException>(() => application.Models.GetAsync(ModelHub.Model, Cancellation));
        int requests = hub.Hub.Requests.Count;
        HubException second = await Assert.ThrowsAsync<HubException>(() => application.Models.GetAsync(ModelHub.Model, Cancellation));

        Assert.Equal(HubErrorKind.Network, first.Kind);
        Assert.Same(first, second);
        Assert.Equal(requests, hub.Hub.Requests.Count);
        Assert.StartsWith("Unhealthy: org/model: network_unreachable", (await application.HealthAsync()).Text, StringComparison.Ordinal);

        hub.Faults.Clear();
        time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(hub.Commit.Id, (await application.Models.GetAsync(ModelHub.Model, Cancellation)).Commit);
        Assert.StartsWith("Healthy", (await application.HealthAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_was_not_added_is_answered_with_those_that_were()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = Create(hub);

        ArgumentException e = Assert.Throws<ArgumentException>(() => application.Models.GetStatus("org/unknown"));

        Assert.Contains("It has: org/model", e.Message, StringComparison.Ordinal);
    }

    private static TestApplication Create(ModelHub hub, Action<SnugOptions>? options = null, TimeProvider? time = null) =>
        TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model, model => model.Mode = ModelStartMode.Lazy), options, time: time);
}
