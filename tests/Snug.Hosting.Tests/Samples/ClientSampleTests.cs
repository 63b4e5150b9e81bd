using System.Net.Http.Json;
using Snug.AI.Tests;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>The samples over chat clients and embeddings as people start them, against the mirror.</summary>
public sealed class ClientSampleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_chat_API_streams_the_answer_of_the_model_that_the_environment_names()
    {
        using TemporaryFolder folder = new();
        RandomModel.Write(folder);
        await using ModelHub hub = await ModelHub.StartAsync();
        await hub.Source.Add("org/chat").CommitAsync(
            [.. Directory.GetFiles(folder.Root).Select(file => (Path.GetFileName(file), RepositoryContent.FromBytes(File.ReadAllBytes(file))))]);
        await using SampleProcess api = SampleProcess.Start("ChatApi", hub, ("LLM_PROVIDER", "huggingface"), ("LLM_MODEL", "org/chat"));
        using HttpClient http = new();
        Uri address = await api.ListeningAsync();
        Assert.Equal(0, hub.Hub.Requests.Count);

        string[] answers = ["", ""];
        for (int i = 0; i < answers.Length; i++)
        {
            using HttpResponseMessage response = await http.PostAsJsonAsync(
                new Uri(address, "/chat"), new { message = "hello world", maxTokens = 12, temperature = 0 }, Cancellation);
            answers[i] = await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancellation);
        }

        Assert.NotEmpty(answers[0]);
        Assert.Equal(answers[0], answers[1]);
        Assert.NotEqual(0, hub.Hub.Requests.Count);
        Assert.Contains("Initialized huggingface provider", api.Text, StringComparison.Ordinal);
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
