using System.Net;
using Microsoft.Extensions.Logging;
using Snug.Hub;
using Snug.Hub.Tests;

namespace Snug.Hosting.Tests;

/// <summary>The table of <c>docs/hosting.md</c>: what each mode does in each situation.</summary>
public sealed class StartupSituationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [CombinatorialModes("unreachable", "network_unreachable", 7)]
    [CombinatorialModes("gated", "gated_repo_error", 4)]
    [CombinatorialModes("full disk", "insufficient_storage", 9)]
    [CombinatorialModes("offline, not cached", "offline_not_cached", 8)]
    [CombinatorialModes("no such model", "repository_not_found", 5)]
    [CombinatorialModes("no such revision", "revision_not_found", 5)]
    public async Task What_cannot_be_had(ModelStartMode mode, string situation, string code, int exitCode)
    {
        await using SmallDisk? disk = situation == "full disk" ? await SmallDisk.MountAsync(1) : null;
        await using ModelHub hub = await ModelHub.StartAsync(disk?.Root);
        string model = situation switch { "gated" => ModelHub.Gated, "no such model" => "org/nowhere", _ => ModelHub.Model };
        await using TestApplication application = TestApplication.Create(
            hub,
            snug => snug.AddModel(model, options =>
            {
                options.Mode = mode;
                options.Revision = situation == "no such revision" ? "v9" : null;
            }),
            options =>
            {
                options.Hub.Offline = situation == "offline, not cached";

                // Without a token the Hub does not tell a missing repository from a private one.
                options.Hub.Token = situation == "no such model" ? AccessToken.Parse("hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx") : null;
            });
        if (situation == "unreachable")
        {
            hub.GoDown();
        }

        switch (mode)
        {
            case ModelStartMode.FailFast:
                ModelStartupException e = await Assert.ThrowsAsync<ModelStartupException>(application.StartAsync);
                Assert.Equal(exitCode, e.ExitCode);
                Assert.Equal(code, Assert.Single(e.Failures).FailureCode);
                Assert.False(application.IsListening);
                break;
            case ModelStartMode.Background:
                await application.StartAsync();
                await application.WaitForAsync(ModelState.Failed, model: model);
                break;
            default:
                await application.StartAsync();
                Assert.Equal(HttpStatusCode.OK, (await application.HealthAsync()).Status);
                Assert.Equal(code, (await Assert.ThrowsAsync<HubException>(() => application.Models.GetAsync(model, Cancellation))).Code);
                break;
        }

        HubException failure = Assert.IsType<HubException>(application.Models.GetStatus(model).Failure);
        if (application.IsListening)
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, $"Unhealthy: {model}: {code}: {failure.Message}"), await application.HealthAsync());
        }

        string said = Assert.Single(application.Log.Of(LogLevel.Error), line => line.Contains($"cannot be had ({code}): ", StringComparison.Ordinal));
        Assert.Contains(model, said, StringComparison.Ordinal);
        Assert.NotEmpty(failure.Advice);
        Assert.All(failure.Advice, advice => Assert.Contains(advice, said, StringComparison.Ordinal));
        Assert.DoesNotContain("hf_xxx", application.Log.Text, StringComparison.Ordinal);
        hub.Cache.AssertWhole();
    }

    [Theory]
    [CombinatorialModes("offline", "", 0)]
    [CombinatorialModes("unreachable", "cannot be reached; org/model at main is served from the cache", 0)]
    public async Task What_is_cached_is_ready_without_the_Hub(ModelStartMode mode, string situation, string warning, int contentRequests)
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await hub.FillCacheAsync();
        await using TestApplication application = TestApplication.Create(
            hub, snug => snug.AddModel(ModelHub.Model, options => options.Mode = mode), options => options.Hub.Offline = situation == "offline");
        hub.GoDown();

        await application.StartAsync();
        CachedSnapshot snapshot = await application.Models.GetAsync(ModelHub.Model, Cancellation);

        Assert.Equal(hub.Commit.Id, snapshot.Commit);
        Assert.Equal((HttpStatusCode.OK, "Healthy: ready: 1 of 1"), await application.HealthAsync());
        Assert.Equal(contentRequests, hub.Hub.Requests.ResolveCount);
        Assert.Equal(situation == "offline", hub.Hub.Requests.Count == 0);
        Assert.Contains(warning, application.Log.Text, StringComparison.Ordinal);
        Assert.Contains(application.Log.Of(LogLevel.Information), line => line.Contains("is verified, 3 files present, nothing to download", StringComparison.Ordinal));
    }
}
