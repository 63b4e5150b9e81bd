using Snug.Hub;
using Snug.Inference;
using Snug.Server;
using Snug.TestKit;
using Snug.Tokenizers;

namespace Snug.Pretrained.Tests;

public sealed class PretrainedModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_of_the_hub_says_what_the_same_files_in_a_folder_say()
    {
        await using HubFixture hub = await HubFixture.StartAsync(With(("onnx/model.onnx", [1]), ("pytorch_model.bin", [1]), ("README.md", [1])));
        using TemporaryFolder folder = new();
        using PretrainedModel local = PretrainedModel.FromDirectory(TinyModel.Write(folder));

        using PretrainedModel model = await PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);

        Assert.Equal(await SayAsync(local), await SayAsync(model));
        Assert.Equal(["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"], hub.Fetched);
        Assert.True(model.HasChatTemplate);
        Assert.Equal(5, model.Source.TransferredFiles);
    }

    [Fact]
    public async Task A_second_load_asks_for_the_commit_and_an_offline_one_for_nothing()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyModel.Files());
        using PretrainedModel first = await PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);
        hub.Hub.Requests.Clear();

        using PretrainedModel again = await PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);
        int online = hub.Hub.Requests.Count;
        using PretrainedModel offline = await PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(offline: true), Cancellation);

        Assert.Equal(1, online);
        Assert.Equal(online, hub.Hub.Requests.Count);
        Assert.Equal(await SayAsync(first), await SayAsync(offline));
    }

    [Fact]
    public async Task A_gated_model_is_refused_before_its_weights_are_asked_for()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyModel.Files(), new RepositorySettings { Gate = RepositoryGate.Automatic });

        HubException error = await Assert.ThrowsAsync<HubException>(() => PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation));

        Assert.Equal(HubErrorKind.Gated, error.Kind);
        Assert.DoesNotContain("model.safetensors", hub.Fetched);
    }

    [Fact]
    public async Task Of_a_GGUF_repository_the_file_of_the_quantization_is_fetched()
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal)
        {
            ["tiny-Q4_K_M.gguf"] = TinyModel.Gguf(),
            ["tiny-Q4_K.gguf"] = [1],
            ["tiny.IQ4_K.gguf"] = [1],
            ["mmproj-Q8_0.gguf"] = [1],
            ["deep/tiny-q8_0.gguf"] = TinyModel.Gguf("another"),
        };
        await using HubFixture hub = await HubFixture.StartAsync(files);

        using PretrainedModel preferred = await PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);
        Assert.Equal(["tiny-Q4_K_M.gguf"], hub.Fetched);
        using PretrainedModel named = await PretrainedModel.FromHubAsync($"{HubFixture.Id}:Q8_0", hub.Options(), Cancellation);
        Assert.Equal(["deep/tiny-q8_0.gguf", "tiny-Q4_K_M.gguf"], hub.Fetched);
        using PretrainedModel file = await PretrainedModel.FromHubAsync($"hf://{HubFixture.Id}/deep/tiny-q8_0.gguf", hub.Options(), Cancellation);

        Assert.Equal(await SayAsync(preferred), await SayAsync(named));
        Assert.Equal(await SayAsync(preferred), await SayAsync(file));
        Assert.True(named.HasChatTemplate);
        ModelFormatException error = await Assert.ThrowsAsync<ModelFormatException>(() => PretrainedModel.FromHubAsync($"{HubFixture.Id}:Q2_K", hub.Options(), Cancellation));
        Assert.Contains("Q2_K", error.Message, StringComparison.Ordinal);
        Assert.Contains("tiny-Q4_K_M.gguf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_GGUF_model_in_several_files_all_are_fetched()
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal)
        {
            ["tiny-Q4_K_M-00001-of-00002.gguf"] = TinyModel.Gguf(),
            ["tiny-Q4_K_M-00002-of-00002.gguf"] = [1],
            ["Q8_0/tiny-Q8_0-00001-of-00003.gguf"] = TinyModel.Gguf(),
            ["Q8_0/tiny-Q8_0-00002-of-00003.gguf"] = [1],
        };
        await using HubFixture hub = await HubFixture.StartAsync(files);

        using PretrainedModel preferred = await PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);
        ModelFormatException incomplete = await Assert.ThrowsAsync<ModelFormatException>(() => PretrainedModel.FromHubAsync($"{HubFixture.Id}:Q8_0", hub.Options(), Cancellation));

        Assert.Equal(["tiny-Q4_K_M-00001-of-00002.gguf", "tiny-Q4_K_M-00002-of-00002.gguf"], hub.Fetched);
        Assert.Contains("tiny-Q8_0-00003-of-00003.gguf missing", incomplete.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tokenizer_beside_a_GGUF_file_comes_before_its_own()
    {
        Dictionary<string, byte[]> files = TinyModel.Files();
        files.Remove("model.safetensors");
        files.Remove("tokenizer_config.json");
        files["tiny.gguf"] = TinyModel.Gguf();
        await using HubFixture hub = await HubFixture.StartAsync(files);

        using PretrainedModel model = await PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);

        Assert.False(model.HasChatTemplate);
        Assert.Contains("tokenizer.json", hub.Fetched);
    }

    [Fact]
    public async Task Of_a_divided_model_the_files_of_the_index_are_fetched()
    {
        Dictionary<string, byte[]> files = TinyModel.Files();
        files["model-00001-of-00001.safetensors"] = files["model.safetensors"];
        files.Remove("model.safetensors");
        files["model.fp16-00001-of-00001.safetensors"] = [1];
        files["model.safetensors.index.json"] = System.Text.Encoding.UTF8.GetBytes(Index(files["model-00001-of-00001.safetensors"], "model-00001-of-00001.safetensors"));
        await using HubFixture hub = await HubFixture.StartAsync(files);

        using PretrainedModel model = await PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);

        Assert.NotEmpty(await SayAsync(model));
        Assert.DoesNotContain("model.fp16-00001-of-00001.safetensors", hub.Fetched);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../secret.safetensors"}}""", "../secret.safetensors")]
    [InlineData("""{"weight_map":{"a":"gone.safetensors"}}""", "gone.safetensors")]
    [InlineData("""{"weight_map":7}""", "weight_map")]
    [InlineData("nonsense", "weight_map")]
    public async Task An_index_that_names_what_is_not_there_is_refused(string index, string named)
    {
        Dictionary<string, byte[]> files = TinyModel.Files();
        files.Remove("model.safetensors");
        files["model.safetensors.index.json"] = System.Text.Encoding.UTF8.GetBytes(index);
        await using HubFixture hub = await HubFixture.StartAsync(files);

        ModelFormatException error = await Assert.ThrowsAsync<ModelFormatException>(() => PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "pickle")]
    [InlineData("README.md", "no safetensors or GGUF")]
    public async Task A_repository_without_weights_that_can_be_read_says_why(string file, string reason)
    {
        Dictionary<string, byte[]> files = TinyModel.Files();
        files.Remove("model.safetensors");
        files[file] = [1];
        await using HubFixture hub = await HubFixture.StartAsync(files);

        ModelFormatException error = await Assert.ThrowsAsync<ModelFormatException>(() => PretrainedModel.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(file, hub.Fetched);
    }

    [Fact]
    public async Task Nothing_is_loaded_before_it_is_needed()
    {
        Dictionary<string, byte[]> files = TinyModel.Files();
        files["model.safetensors"] = [1, 2, 3];
        using TemporaryFolder folder = new();

        using PretrainedModel model = PretrainedModel.FromDirectory(TinyModel.Write(folder, files));

        Assert.True(model.HasChatTemplate);
        await Assert.ThrowsAsync<ModelFormatException>(() => model.LoadAsync(Cancellation));

        // A load that failed may be tried again.
        File.WriteAllBytes(Path.Join(folder.Root, "model.safetensors"), TinyModel.Files()["model.safetensors"]);
        await model.LoadAsync(Cancellation);
        Assert.Equal(TinyModel.Tokens.Count, model.Model.Configuration.VocabularySize);
    }

    [Fact]
    public async Task After_disposal_nothing_can_be_used()
    {
        using TemporaryFolder folder = new();
        PretrainedModel model = PretrainedModel.FromDirectory(TinyModel.Write(folder));
        using TextSession session = model.CreateSession();
        await foreach (TextChunk _ in session.GenerateAsync("a", cancellationToken: Cancellation))
        {
        }

        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.Model);
        Assert.Throws<ObjectDisposedException>(() => model.Tokenizer);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (TextChunk _ in session.GenerateAsync("a", cancellationToken: Cancellation))
            {
            }
        });
    }

    [Fact]
    public async Task Conversations_on_one_model_do_not_disturb_one_another()
    {
        using TemporaryFolder folder = new();
        using PretrainedModel model = PretrainedModel.FromDirectory(TinyModel.Write(folder));
        string[] prompts = ["one", "two", "three", "four"];
        string[] alone = new string[prompts.Length];
        for (int i = 0; i < prompts.Length; i++)
        {
            alone[i] = await SayAsync(model, prompts[i]);
        }

        string[] together = await Task.WhenAll(prompts.Select(prompt => SayAsync(model, prompt)));

        Assert.Equal(alone, together);
    }

    private static async Task<string> SayAsync(PretrainedModel model, string prompt = "hello")
    {
        TextGenerationOptions options = new() { Generation = new GenerationOptions { MaxNewTokens = 12, EndTokens = [] }, SkipSpecialTokens = false };
        string text = "";
        await foreach (TextChunk chunk in model.ChatAsync(
            [new ChatTemplateMessage("user", prompt)],
            model.HasChatTemplate ? options : options with { Chat = new() { Template = ChatTemplate.Parse("{{ messages[0].content }}") } },
            Cancellation))
        {
            text += chunk.Text;
        }

        return text;
    }

    private static Dictionary<string, byte[]> With(params (string Name, byte[] Content)[] more)
    {
        Dictionary<string, byte[]> files = TinyModel.Files();
        foreach ((string name, byte[] content) in more)
        {
            files[name] = content;
        }

        return files;
    }

    private static string Index(byte[] safetensors, string file)
    {
        using TemporaryFolder folder = new();
        string path = Path.Join(folder.Root, "a.safetensors");
        File.WriteAllBytes(path, safetensors);
        using SafetensorsFile opened = SafetensorsFile.Open(path);
        string map = string.Join(',', opened.Tensors.Select(tensor => $"\"{tensor.Name}\":\"{file}\""));
        return "{\"weight_map\":{" + map + "}}";
    }
}
