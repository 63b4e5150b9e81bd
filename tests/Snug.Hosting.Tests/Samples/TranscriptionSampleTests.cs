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
    [Trait("Requirement", "S4-15")]
    public async Task The_API_downloads_and_verifies_the_model_and_says_so_before_it_serves() => await DownloadsThenServesAsync(Api, "/model");

    [Fact]
    [Trait("Requirement", "S4-16")]
    public async Task The_web_page_downloads_and_verifies_the_model_and_says_so_before_it_serves() => await DownloadsThenServesAsync(Web, "/");

    [Theory]
    [Trait("Requirement", "S4-17")]
    [InlineData(Api, Web)]
    [InlineData(Web, Api)]
    public async Task The_first_start_says_that_it_downloads_and_the_other_that_it_verifies_and_both_name_the_model(string first, string second)
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess downloading = SampleProcess.Start(first, hub, ("WHISPER_MODEL", ModelHub.Model));
        await downloading.ListeningAsync();
        await using SampleProcess verifying = SampleProcess.Start(second, hub, ("WHISPER_MODEL", ModelHub.Model));
        await verifying.ListeningAsync();

        Assert.Contains(Lines(downloading), line => line.Contains("downloading", StringComparison.Ordinal) && line.Contains(ModelHub.Model, StringComparison.Ordinal));
        Assert.Contains(Lines(downloading), line => line.Contains($"{ModelHub.Model} at {hub.Commit.Id} is downloaded and verified", StringComparison.Ordinal));
        Assert.Contains(Lines(verifying), line => line.Contains($"{ModelHub.Model} at {hub.Commit.Id} is verified", StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Requirement", "S4-13")]
    [InlineData(Api)]
    [InlineData(Web)]
    public async Task Status_goes_to_standard_output_and_errors_to_standard_error_each_with_time_and_level(string sample)
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess good = SampleProcess.Start(sample, hub, ("WHISPER_MODEL", ModelHub.Model));
        await good.ListeningAsync();
        await using SampleProcess bad = SampleProcess.Start(sample, hub, ("WHISPER_MODEL", ModelHub.Gated));
        await bad.EndAsync();

        Assert.Matches($@"(?m)^\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d info: .*\n.*{ModelHub.Model} at [0-9a-f]{{40}} is downloaded and verified", good.Output);
        Assert.Equal("", good.Error);
        Assert.Matches($@"(?m)^\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d fail: .*\n.*{ModelHub.Gated} cannot be had \(gated_repo_error\)", bad.Error);
        Assert.DoesNotContain("info: ", bad.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("gated_repo_error", bad.Output, StringComparison.Ordinal);
        Assert.Contains("info: ", bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S4-18")]
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

    [Theory]
    [Trait("Requirement", "S4-19")]
    [InlineData(Api)]
    [InlineData(Web)]
    public async Task A_start_with_the_model_in_the_cache_only_verifies(string sample)
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await hub.FillCacheAsync();
        await using SampleProcess process = SampleProcess.Start(sample, hub, ("WHISPER_MODEL", ModelHub.Model));
        await process.ListeningAsync();

        Assert.Contains($"{ModelHub.Model} at {hub.Commit.Id} is verified, 3 files present, nothing to download", process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("downloaded", process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("downloading", process.Text, StringComparison.Ordinal);
        Assert.Equal(0, hub.Hub.Requests.ResolveCount);
    }

    [Fact]
    [Trait("Requirement", "S4-20")]
    public async Task Another_value_of_the_variable_and_a_restart_are_another_model()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        using HttpClient http = new();
        foreach (string name in (string[])[ModelHub.Model, ModelHub.Other])
        {
            await using SampleProcess api = SampleProcess.Start(Api, hub, ("WHISPER_MODEL", name));
            Uri address = await api.ListeningAsync();
            using JsonDocument model = JsonDocument.Parse(await http.GetStringAsync(new Uri(address, "/model"), Cancellation));

            Assert.Equal(name, model.RootElement.GetProperty("model").GetString());
            Assert.Contains($"WHISPER_MODEL names the model {name}", api.Text, StringComparison.Ordinal);
            Assert.Contains("is downloaded and verified", api.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [Trait("Requirement", "S4-23")]
    [InlineData(Api, true)]
    [InlineData(Api, false)]
    [InlineData(Web, true)]
    [InlineData(Web, false)]
    public async Task As_in_a_container_where_only_the_cache_can_be_written_and_as_on_a_desk_it_starts_and_ends_in_good_order(string sample, bool contained)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no folder here that nobody, not even root, may write to.");
        await using ModelHub hub = await ModelHub.StartAsync();
        (string, string?)[] model = [("WHISPER_MODEL", ModelHub.Model)];

        // Nothing can be made in /proc; there is no home, no temporary folder and no terminal.
        await using SampleProcess process = contained
            ? SampleProcess.StartIn("/proc", sample, hub, [], [.. model, ("HOME", null), ("XDG_CACHE_HOME", null), ("TMPDIR", "/proc/nowhere"), ("DOTNET_EnableDiagnostics", "0")])
            : SampleProcess.Start(sample, hub, model);
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
    [Trait("Requirement", "S4-21")]
    public async Task The_mode_says_whether_a_start_without_its_model_stops_or_is_degraded_and_health_tells()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using (SampleProcess stopped = SampleProcess.Start(Api, hub, ("WHISPER_MODEL", ModelHub.Gated), ("Snug__Mode", "FailFast")))
        {
            Assert.Equal(4, await stopped.EndAsync());
            Assert.DoesNotContain("Now listening", stopped.Text, StringComparison.Ordinal);
        }

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

    private static string[] Lines(SampleProcess sample) => sample.Text.Split('\n');

    private static async Task DownloadsThenServesAsync(string sample, string page)
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess process = SampleProcess.Start(sample, hub, ("WHISPER_MODEL", ModelHub.Model));
        using HttpClient http = new();
        Uri address = await process.ListeningAsync();

        int verified = process.Text.IndexOf($"model WHISPER_MODEL: {ModelHub.Model} at {hub.Commit.Id} is downloaded and verified", StringComparison.Ordinal);
        int listening = process.Text.IndexOf("Now listening", StringComparison.Ordinal);
        Assert.InRange(verified, 0, listening);
        hub.Cache.AssertSnapshot(ModelHub.Model, hub.Commit);
        Assert.Contains(ModelHub.Model, await http.GetStringAsync(new Uri(address, page), Cancellation), StringComparison.Ordinal);
    }
}
