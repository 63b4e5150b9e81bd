using System.Net.Http.Json;
using System.Text.Json;
using Snug.AI.Tests;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>The samples over chat clients and embeddings as people start them, against the mirror.</summary>
public sealed class ClientSampleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Why is the sky blue?", "The air scatters blue light more than red light, so blue reaches our eyes from all sides.")]
    [InlineData("What is the capital of France?", "The capital of France is Paris.")]
    public async Task The_chat_API_answers_with_the_demonstration_model_streamed_and_whole(string question, string answer)
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess api = SampleProcess.Start("ChatApi", hub, ("HF_HUB_OFFLINE", "1"), ("HF_TOKEN", "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
        using HttpClient http = new();
        Uri address = await api.ListeningAsync();

        Assert.Equal("Healthy", await http.GetStringAsync(new Uri(address, "/health/ready"), Cancellation));
        Assert.Contains("model snug/demonstration-model: snug/demonstration-model at ", api.Text, StringComparison.Ordinal);
        Assert.Contains("downloaded and verified", api.Text, StringComparison.Ordinal);
        using HttpResponseMessage streamed = await http.PostAsJsonAsync(new Uri(address, "/chat"), new { message = question }, Cancellation);
        using HttpResponseMessage whole = await http.PostAsJsonAsync(new Uri(address, "/chat"), new { message = question, stream = false }, Cancellation);
        JsonElement json = await whole.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        Assert.Equal("text/plain", streamed.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType);
        Assert.Equal(answer, await streamed.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal((answer, "snug/demonstration-model", "stop"), (json.GetProperty("text").GetString(), json.GetProperty("model").GetString(), json.GetProperty("finish").GetString()));
        Assert.InRange(json.GetProperty("tokens").GetInt32(), 4, 60);
        Assert.Equal(0, hub.Hub.Requests.Count);
        Assert.DoesNotContain("hf_xxx", api.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_chat_API_has_the_model_that_the_environment_names_before_it_listens()
    {
        using TemporaryFolder folder = new();
        RandomModel.Write(folder);
        await using ModelHub hub = await ModelHub.StartAsync();
        await hub.Source.Add("org/chat").CommitAsync(
            [.. Directory.GetFiles(folder.Root).Select(file => (Path.GetFileName(file), RepositoryContent.FromBytes(File.ReadAllBytes(file))))]);
        await using SampleProcess api = SampleProcess.Start("ChatApi", hub, ("LLM_PROVIDER", "huggingface"), ("LLM_MODEL", "org/chat"));
        using HttpClient http = new();
        Uri address = await api.ListeningAsync();
        hub.GoDown();

        using HttpResponseMessage response = await http.PostAsJsonAsync(
            new Uri(address, "/chat"), new { message = "hello world", maxTokens = 12, temperature = 0 }, Cancellation);

        Assert.NotEmpty(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancellation));
        Assert.Contains("Initialized huggingface provider", api.Text, StringComparison.Ordinal);
        Assert.Contains("model org/chat: org/chat at ", api.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HF_DEVICE", "cuda", "The device 'cuda' cannot be used")]
    [InlineData("LLM_PROVIDER", "nobody", "There is no provider 'nobody'")]
    public async Task The_chat_API_does_not_start_with_a_provider_that_cannot_be_used_and_says_why(string variable, string value, string message)
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess api = SampleProcess.Start("ChatApi", hub, ("LLM_PROVIDER", "huggingface"), ("LLM_MODEL", ModelHub.Model), (variable, value));

        Assert.Equal(2, await api.EndAsync());

        Assert.Contains(message, api.Text, StringComparison.Ordinal);
        Assert.Contains("1. ", api.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", api.Text, StringComparison.Ordinal);
        Assert.Equal(0, hub.Hub.Requests.Count);
    }

    [Fact]
    public async Task The_chat_API_does_not_start_with_a_gated_model_and_no_grant_and_says_what_to_do()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using SampleProcess api = SampleProcess.Start("ChatApi", hub, ("LLM_PROVIDER", "huggingface"), ("LLM_MODEL", ModelHub.Gated));

        Assert.Equal(4, await api.EndAsync());

        Assert.Contains($"model {ModelHub.Gated}: {ModelHub.Gated} cannot be had (gated_repo_error)", api.Text, StringComparison.Ordinal);
        Assert.Contains("  1. ", api.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Now listening", api.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retrieval_finds_the_paragraph_that_says_what_is_asked()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await hub.Source.Add("org/encoder").CommitAsync([.. TinyEncoder.Files().Select(file => (file.Key, RepositoryContent.FromBytes(file.Value)))]);
        using TemporaryFolder folder = new();
        string file = folder.Write("notes.txt", "the law of tax\n\nthe cat\n\nthe dog and the cat");

        await using SampleProcess retrieval = SampleProcess.Start("Retrieval", hub, ["org/encoder", "the cat", file]);

        Assert.Equal(0, await retrieval.EndAsync());
        Assert.StartsWith("1.000  the cat\n", retrieval.Text, StringComparison.Ordinal);
        Assert.Equal(3, retrieval.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
