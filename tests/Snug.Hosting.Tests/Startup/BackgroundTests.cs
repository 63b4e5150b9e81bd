using System.Net;
using Microsoft.Extensions.Logging;
using Snug.Hub;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>Models that arrive while the application runs.</summary>
public sealed class BackgroundTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_server_listens_at_once_and_the_health_answer_tells_the_percentage()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Faults.Add(new FaultRule
        {
            Listener = HubListener.Storage,
            Fault = Fault.Custom("hold", async (_, next) =>
            {
                await released.Task;
                await next();
            }),
        });
        await using TestApplication application = Create(hub);

        await application.StartAsync();

        Assert.True(application.IsListening);
        (HttpStatusCode status, string text) = await application.HealthAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Degraded: org/model: 0 %"), (status, text));
        Task<CachedSnapshot> waiting = application.Models.GetAsync(ModelHub.Model, Cancellation);
        Assert.False(waiting.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => application.Models.GetPath(ModelHub.Model));

        released.SetResult();

        Assert.Equal(hub.Commit.Id, (await waiting).Commit);
        Assert.Equal((HttpStatusCode.OK, "Healthy: ready: 1 of 1"), await application.HealthAsync());
    }

    [Fact]
    public async Task Half_of_the_bytes_is_half_in_the_health_answer()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        hub.Faults.Add(new FaultRule { Fault = Fault.StallBody(ModelHub.WeightBytes / 2), Listener = HubListener.Storage });
        await using TestApplication application = Create(hub, options => options.Hub.MaxConnections = 1);
        await application.StartAsync();

        while (application.Models.GetStatus(ModelHub.Model).Percentage < 30)
        {
            await Task.Delay(5, Cancellation);
        }

        Assert.Matches("^Degraded: org/model: [345][0-9] %$", (await application.HealthAsync()).Text);
    }

    [Fact]
    public async Task A_network_that_comes_back_makes_the_model_ready_without_a_restart()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        hub.GoDown();
        ManualTime time = new();
        await using TestApplication application = Create(hub, options => options.Hub.MaxRetries = 0, time);
        await application.StartAsync();

        ModelStatus failed = await application.WaitForAsync(ModelState.Failed);
        (HttpStatusCode status, string text) = await application.HealthAsync();

        Assert.Equal("network_unreachable", failed.FailureCode);
        Assert.Equal(TimeSpan.FromSeconds(15), failed.RetryAt - time.GetUtcNow());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.StartsWith("Unhealthy: org/model: network_unreachable: ", text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HubException>(() => application.Models.GetAsync(ModelHub.Model, Cancellation));

        hub.Faults.Clear();
        await application.WaitForAsync(ModelState.Ready, () => time.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(HttpStatusCode.OK, (await application.HealthAsync()).Status);
        Assert.Contains(application.Log.Of(LogLevel.Warning), line => line.Contains("model org/model: the next try follows in 15.0 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delays_double_up_to_the_longest()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        hub.GoDown();
        ManualTime time = new();
        await using TestApplication application = Create(
            hub,
            options =>
            {
                options.Hub.MaxRetries = 0;
                options.RetryDelay = TimeSpan.FromSeconds(10);
                options.MaxRetryDelay = TimeSpan.FromSeconds(25);
            },
            time);
        await application.StartAsync();

        List<double> delays = [];
        while (delays.Count < 4)
        {
            // The clock is moved only while the next try waits for it, and not beyond it.
            while (time.WaitingTimers == 0 || application.Log.Of(LogLevel.Warning).Count(line => line.Contains("the next try follows", StringComparison.Ordinal)) <= delays.Count)
            {
                await Task.Delay(5, Cancellation);
            }

            ModelStatus failed = await application.WaitForAsync(ModelState.Failed);
            delays.Add((failed.RetryAt!.Value - time.GetUtcNow()).TotalSeconds);
            time.Advance(TimeSpan.FromSeconds(delays[^1]));
        }

        Assert.Equal([10, 20, 25, 25], delays);
        Assert.Contains(application.Log.Of(LogLevel.Warning), line => line.Contains("follows in 20.0 s", StringComparison.Ordinal));
        Assert.Contains(application.Log.Of(LogLevel.Warning), line => line.Contains("follows in 25.0 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gated_model_is_not_asked_for_again_and_again()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        ManualTime time = new();
        await using TestApplication application = TestApplication.Create(
            hub, snug => snug.AddModel(ModelHub.Gated), options => options.Mode = ModelStartMode.Background, time: time);
        await application.StartAsync();

        await application.WaitForAsync(ModelState.Failed, model: ModelHub.Gated);
        Assert.StartsWith("Unhealthy: org/gated: gated_repo_error: ", (await application.HealthAsync()).Text, StringComparison.Ordinal);
        int requests = hub.Hub.Requests.Count;
        time.Advance(TimeSpan.FromHours(1));
        await Task.Delay(50, Cancellation);

        Assert.Equal(requests, hub.Hub.Requests.Count);
        Assert.DoesNotContain("next try", application.Log.Text, StringComparison.Ordinal);
    }

    private static TestApplication Create(ModelHub hub, Action<SnugOptions>? options = null, TimeProvider? time = null) =>
        TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model, model => model.Mode = ModelStartMode.Background), options, time: time);
}
