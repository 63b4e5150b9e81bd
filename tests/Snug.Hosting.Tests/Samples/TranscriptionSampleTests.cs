using System.Net;
using System.Text.Json;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>The transcription samples as people start them, against the mirror.</summary>
public sealed class TranscriptionSampleTests
{
    private const string Api = "TranscriptionApi";
    private const string Web = "TranscriptionWeb";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Api_and_web_started_at_once_have_the_model_and_send_each_file_once()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess api = SampleProcess.Start(Api, hub, ("WHISPER_MODEL", ModelHub.Model));
        await using SampleProcess web = SampleProcess.Start(Web, hub, ("WHISPER_MODEL", ModelHub.Model));
        using HttpClient http = new();

        Uri apiAddress = await api.ListeningAsync();
        Uri webAddress = await web.ListeningAsync();
        using JsonDocument model = JsonDocument.Parse(await http.GetStringAsync(new Uri(apiAddress, "/model"), Cancellation));
        string page = await http.GetStringAsync(new Uri(webAddress, "/"), Cancellation);

        Assert.Equal(ModelHub.Model, model.RootElement.GetProperty("model").GetString());
        Assert.Equal(hub.Commit.Id, model.RootElement.GetProperty("commit").GetString());
        Assert.True(File.Exists(Path.Join(model.RootElement.GetProperty("path").GetString(), "model.safetensors")));
        Assert.Contains("<b>org/model</b>, Ready, 100 %", page, StringComparison.Ordinal);
        Assert.Contains("<li>model.safetensors</li>", page, StringComparison.Ordinal);
        Assert.Equal("Healthy: ready: 1 of 1\n", await http.GetStringAsync(new Uri(apiAddress, "/health/ready"), Cancellation));
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri(webAddress, "/health/live"), Cancellation));
        hub.Cache.AssertSnapshot(ModelHub.Model, hub.Commit);
        await hub.Hub.Requests.SettleAsync(Cancellation);
        Assert.InRange(hub.Hub.Requests.Snapshot().Where(request => request.Listener == HubListener.Storage).Sum(request => request.BytesSent), ModelHub.WeightBytes, ModelHub.WeightBytes * 3 / 2);
        foreach (SampleProcess sample in (SampleProcess[])[api, web])
        {
            Assert.Contains("WHISPER_MODEL names the model org/model", sample.Text, StringComparison.Ordinal);
            Assert.Contains("verified", sample.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_start_verifies_and_another_variable_is_another_model()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await hub.FillCacheAsync();
        await using (SampleProcess api = SampleProcess.Start(Api, hub, ("WHISPER_MODEL", ModelHub.Model)))
        {
            await api.ListeningAsync();
            Assert.Contains("nothing to download", api.Text, StringComparison.Ordinal);
            Assert.Equal(0, hub.Hub.Requests.ResolveCount);
        }

        await using SampleProcess other = SampleProcess.Start(Api, hub, ("WHISPER_MODEL", ModelHub.Other));
        await other.ListeningAsync();

        Assert.Contains("org/other at ", other.Text, StringComparison.Ordinal);
        Assert.Contains("downloaded and verified", other.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Api)]
    [InlineData(Web)]
    public async Task As_in_a_container_only_the_cache_need_be_writable_and_a_stop_ends_it_in_good_order(string sample)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no folder here that nobody, not even root, may write to.");
        await using ModelHub hub = await ModelHub.StartAsync();

        // Nothing can be made in /proc; there is no home, no temporary folder and no terminal.
        await using SampleProcess process = SampleProcess.StartIn(
            "/proc", sample, hub, [], ("WHISPER_MODEL", ModelHub.Model), ("HOME", null), ("XDG_CACHE_HOME", null), ("TMPDIR", "/proc/nowhere"), ("DOTNET_EnableDiagnostics", "0"));
        using HttpClient http = new();
        Uri address = await process.ListeningAsync();

        Assert.StartsWith("Healthy", await http.GetStringAsync(new Uri(address, "/health/ready"), Cancellation), StringComparison.Ordinal);
        hub.Cache.AssertSnapshot(ModelHub.Model, hub.Commit);
        Assert.Equal(0, await process.StopAsync());
        Assert.DoesNotContain("fail: ", process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("warn: ", process.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_place_for_the_cache_the_start_ends_with_9_and_names_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no folder here that nobody, not even root, may write to.");
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess process = SampleProcess.StartIn(
            "/proc", Api, hub, [], ("WHISPER_MODEL", ModelHub.Model), ("HF_HUB_CACHE", null), ("HOME", "/proc/nowhere"), ("XDG_CACHE_HOME", null), ("TMPDIR", "/proc/nowhere"), ("DOTNET_EnableDiagnostics", "0"));

        Assert.Equal(9, await process.EndAsync());

        Assert.Contains("cannot be had (cache_access): '/proc/nowhere/.cache/huggingface/hub' cannot be written", process.Text, StringComparison.Ordinal);
        Assert.Contains("use another cache folder with HF_HOME", process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", process.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Api, ModelHub.Gated, 4, "gated_repo_error")]
    [InlineData(Web, "org/nowhere", 5, "repository_not_found")]
    public async Task A_model_that_cannot_be_had_ends_the_program_with_its_code_and_the_advice(string sample, string model, int exitCode, string code)
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess process = SampleProcess.Start(
            sample, hub, ("WHISPER_MODEL", model), ("Snug__Token", code.StartsWith("repo", StringComparison.Ordinal) ? "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" : ""));

        Assert.Equal(exitCode, await process.EndAsync());

        Assert.Contains($"model WHISPER_MODEL: {model} cannot be had ({code})", process.Text, StringComparison.Ordinal);
        Assert.Contains("  1. ", process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Now listening", process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_xxx", process.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_background_mode_the_start_is_degraded_and_says_so()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess api = SampleProcess.Start(Api, hub, ("WHISPER_MODEL", ModelHub.Gated), ("Snug__Mode", "Background"));
        using HttpClient http = new();
        Uri address = await api.ListeningAsync();

        string text;
        do
        {
            using HttpResponseMessage ready = await http.GetAsync(new Uri(address, "/health/ready"), Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            text = await ready.Content.ReadAsStringAsync(Cancellation);
        }
        while (text.StartsWith("Degraded", StringComparison.Ordinal));

        Assert.StartsWith("Unhealthy: WHISPER_MODEL: gated_repo_error: ", text, StringComparison.Ordinal);
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri(address, "/health/live"), Cancellation));
        using HttpResponseMessage model = await http.GetAsync(new Uri(address, "/model"), Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, model.StatusCode);
    }
}
