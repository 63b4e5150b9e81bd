using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Snug.Hub;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>Models that must be there before the application takes traffic.</summary>
public sealed class FailFastTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_is_downloaded_and_verified_before_the_server_listens()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Faults.Add("*/model.safetensors", Fault.Custom("hold", async (context, next) =>
        {
            reached.TrySetResult();
            await released.Task;
            await next();
        }));
        await using TestApplication application = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model));

        Task start = application.StartAsync();
        await reached.Task.WaitAsync(Cancellation);

        Assert.False(application.IsListening);
        Assert.False(start.IsCompleted);
        Assert.Equal(ModelState.Downloading, application.Models.GetStatus(ModelHub.Model).State);

        released.SetResult();
        await start;

        Assert.True(application.IsListening);
        hub.Cache.AssertSnapshot(ModelHub.Model, hub.Commit);
        Assert.Equal(Path.Join(hub.Cache.SnapshotFolder(ModelHub.Model, hub.Commit.Id)), application.Models.GetPath(ModelHub.Model));
        Assert.Equal((System.Net.HttpStatusCode.OK, "Healthy: ready: 1 of 1"), await application.HealthAsync());
        Assert.Contains(application.Log.Of(LogLevel.Information), line => line.Contains("model org/model: org/model at", StringComparison.Ordinal) && line.Contains("downloaded and verified, 3 files", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_start_only_verifies_and_asks_for_no_content()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await hub.FillCacheAsync();
        await using TestApplication application = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model));

        await application.StartAsync();

        Assert.Equal(0, hub.Hub.Requests.ResolveCount);
        Assert.Contains(application.Log.Of(LogLevel.Information), line => line.Contains("is verified, 3 files present, nothing to download", StringComparison.Ordinal));
        Assert.DoesNotContain("downloading", application.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gated_model_without_a_grant_stops_the_start_and_the_log_says_what_to_do()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Gated).AddModel(ModelHub.Model));

        ModelStartupException e = await Assert.ThrowsAsync<ModelStartupException>(application.StartAsync);

        HubException failure = Assert.IsType<HubException>(Assert.Single(e.Failures).Failure);
        Assert.False(application.IsListening);
        Assert.Equal(HubErrorKind.Gated, failure.Kind);
        Assert.Equal(4, e.ExitCode);
        Assert.StartsWith("1 of 2 models could not be made ready", e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failure.Advice);
        string said = Assert.Single(application.Log.Of(LogLevel.Error), line => line.Contains("gated_repo_error", StringComparison.Ordinal));
        Assert.Contains(failure.Message, said, StringComparison.Ordinal);
        Assert.All(failure.Advice, (advice, index) => Assert.Contains($"  {index + 1}. {advice}", said, StringComparison.Ordinal));
        Assert.All(failure.Advice, advice => Assert.Contains(advice, e.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("   at Snug.", application.Log.Text, StringComparison.Ordinal);

        // The others were brought to their end, so that the next start has them.
        hub.Cache.AssertSnapshot(ModelHub.Model, hub.Commit);
    }

    [Fact]
    public async Task A_host_run_for_its_exit_code_gives_that_of_the_failure()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        TestApplication gated = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Gated));
        TestApplication missing = TestApplication.Create(hub, snug => snug.AddModel("org/nowhere", model => model.Revision = "v1"));
        TestApplication unset = TestApplication.Create(hub, snug => snug.AddModelFromEnvironment("WHISPER_MODEL"));
        TestApplication fine = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model));

        Assert.Equal(4, await gated.Application.RunWithExitCodeAsync(Cancellation));
        Assert.NotEqual(0, await missing.Application.RunWithExitCodeAsync(Cancellation));
        Assert.Equal(2, await unset.Application.RunWithExitCodeAsync(Cancellation));
        Assert.Contains("WHISPER_MODEL names no model", unset.Log.Text, StringComparison.Ordinal);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        IHostApplicationLifetime lifetime = (IHostApplicationLifetime)fine.Application.Services.GetService(typeof(IHostApplicationLifetime))!;
        lifetime.ApplicationStarted.Register(end.Cancel);
        Assert.Equal(0, await fine.Application.RunWithExitCodeAsync(end.Token));
    }

    [Fact]
    public async Task A_shutdown_during_the_start_ends_the_download_and_the_next_start_goes_on()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        FaultRule stall = hub.Faults.Add(new FaultRule { Fault = Fault.StallBody(600_000), Path = "*", Listener = HubListener.Storage });
        TestApplication application = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model));

        Task<int> run = application.Application.RunWithExitCodeAsync(Cancellation);
        while (stall.Hits == 0)
        {
            await Task.Delay(5, Cancellation);
        }

        ((IHostApplicationLifetime)application.Application.Services.GetService(typeof(IHostApplicationLifetime))!).StopApplication();

        Assert.Equal(130, await run);
        hub.Faults.Clear();
        hub.Cache.AssertWhole();
        await using TestApplication next = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model));
        await next.StartAsync();
        hub.Cache.AssertSnapshot(ModelHub.Model, hub.Commit);
    }

    [Fact]
    public async Task Two_applications_that_start_at_once_on_one_cache_send_each_file_once()
    {
        await using ModelHub hub = await ModelHub.StartAsync();

        // One connection: several fetch parts of a slow file twice rather than wait.
        static void OneConnection(SnugOptions options) => options.Hub.MaxConnections = 1;
        await using TestApplication api = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model), OneConnection);
        await using TestApplication web = TestApplication.Create(hub, snug => snug.AddModel("whisper", model => model.Repository = ModelHub.Model), OneConnection);

        await Task.WhenAll(api.StartAsync(), web.StartAsync());

        await hub.Hub.Requests.SettleAsync(Cancellation);
        Assert.Equal(api.Models.GetPath(ModelHub.Model), web.Models.GetPath("whisper"));
        Assert.Equal(1, hub.Hub.Requests.Snapshot().Where(request => request.Listener == HubListener.Storage).Sum(request => request.BytesSent) / ModelHub.WeightBytes);
    }
}
