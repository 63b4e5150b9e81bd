using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Snug.AI;
using Snug.AI.Tests;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>A local model that the environment names is one of the application's: made ready, and told of, like all others.</summary>
public sealed class EnvironmentModelTests
{
    private const string Chat = "org/chat";
    private const string GatedChat = "org/gated-chat";
    private const string Encoder = "org/encoder";

    private static readonly ChatOptions Short = new() { MaxOutputTokens = 4, Temperature = 0 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ModelStartMode.FailFast)]
    [InlineData(ModelStartMode.Background)]
    [InlineData(ModelStartMode.Lazy)]
    public async Task The_chat_model_is_made_ready_in_its_mode_and_answers_without_another_request(ModelStartMode mode)
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = Create(hub, Chat, mode, snug => snug.Services.AddSnugChatClient());

        await application.StartAsync();

        if (mode == ModelStartMode.Lazy)
        {
            Assert.Equal(0, hub.Hub.Requests.Count);
            Assert.Equal((HttpStatusCode.OK, "Healthy: ready: 0 of 1"), await application.HealthAsync());
            await application.Models.GetAsync(Chat, Cancellation);
        }

        await application.WaitForAsync(ModelState.Ready, model: Chat);
        Assert.Equal((HttpStatusCode.OK, "Healthy: ready: 1 of 1"), await application.HealthAsync());
        Assert.Equal(
            ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
            application.Models.GetStatus(Chat).Snapshot!.Files);
        Assert.Contains(application.Log.Of(LogLevel.Information), line => line.Contains("model org/chat: org/chat at", StringComparison.Ordinal) && line.Contains("downloaded and verified, 5 files", StringComparison.Ordinal));
        hub.Hub.Requests.Clear();
        hub.GoDown();
        ChatResponse answer = await application.Application.Services.GetRequiredService<IChatClient>().GetResponseAsync("hello", Short, Cancellation);

        Assert.Equal(4, answer.Usage!.OutputTokenCount);
        Assert.Equal(0, hub.Hub.Requests.Count);
        Assert.Single(application.Log.Of(LogLevel.Information), line => line.Contains("Initialized huggingface provider", StringComparison.Ordinal));
        Assert.Contains("org/chat is loaded from the cache", application.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelStartMode.FailFast)]
    [InlineData(ModelStartMode.Background)]
    [InlineData(ModelStartMode.Lazy)]
    public async Task The_embedding_model_is_made_ready_in_its_mode_and_embeds_without_another_request(ModelStartMode mode)
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = Create(hub, Encoder, mode, snug => snug.Services.AddSnugEmbeddingGenerator());

        await application.StartAsync();

        Assert.Equal(mode == ModelStartMode.Lazy, hub.Hub.Requests.Count == 0 && application.Models.GetStatus(Encoder).State == ModelState.Pending);
        await application.Models.GetAsync(Encoder, Cancellation);
        Assert.DoesNotContain(application.Models.GetStatus(Encoder).Snapshot!.Files, file => file.EndsWith(".bin", StringComparison.Ordinal));
        hub.Hub.Requests.Clear();
        hub.GoDown();
        IEmbeddingGenerator<string, Embedding<float>> generator = application.Application.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

        Assert.Equal(TinyEncoder.Width, (await generator.GenerateAsync("the cat", cancellationToken: Cancellation)).Vector.Length);
        Assert.Equal(0, hub.Hub.Requests.Count);
    }

    [Fact]
    public async Task A_gated_model_without_a_grant_stops_the_start_with_the_advice_in_the_log()
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = Create(hub, GatedChat, ModelStartMode.FailFast, snug => snug.Services.AddSnugChatClient());

        ModelStartupException e = await Assert.ThrowsAsync<ModelStartupException>(application.StartAsync);

        Assert.Equal(4, e.ExitCode);
        Assert.False(application.IsListening);
        string line = Assert.Single(application.Log.Of(LogLevel.Error), line => line.Contains("cannot be had (gated_repo_error)", StringComparison.Ordinal));
        Assert.Contains($"model {GatedChat}: {GatedChat} ", line, StringComparison.Ordinal);
        Assert.Contains("\n  1. ", line, StringComparison.Ordinal);
        Assert.Contains($"{hub.Hub.Endpoint.AbsoluteUri.TrimEnd('/')}/{GatedChat}", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelStartMode.Background)]
    [InlineData(ModelStartMode.Lazy)]
    public async Task A_gated_model_without_a_grant_lets_the_application_run_and_its_requests_fail_with_the_steps(ModelStartMode mode)
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = Create(hub, GatedChat, mode, snug => snug.Services.AddSnugChatClient());

        await application.StartAsync();
        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(
            () => application.Application.Services.GetRequiredService<IChatClient>().GetResponseAsync("hello", Short, Cancellation));

        Assert.Equal((ChatProviderErrorKind.Authentication, 3), (e.Kind, e.Advice.Count));
        (HttpStatusCode status, string health) = await application.HealthAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.StartsWith($"Unhealthy: {GatedChat}: gated_repo_error: ", health, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_and_embeddings_of_one_model_are_one_model_with_the_files_of_both()
    {
        await using ModelHub hub = await StartAsync();
        await hub.Source.Add("org/both").CommitAsync([.. ChatFiles(), .. EncoderFiles().Where(file => file.Path.Contains('/', StringComparison.Ordinal) || file.Path == "modules.json")]);
        await using TestApplication application = Create(hub, "org/both", ModelStartMode.FailFast, snug =>
        {
            snug.Services.AddSnugChatClient();
            snug.Services.AddSnugEmbeddingGenerator();
        });

        await application.StartAsync();

        Assert.Equal("org/both", Assert.Single(application.Models.Models).Name);
        Assert.Superset(
            new HashSet<string> { "model.safetensors", "generation_config.json", "modules.json", "1_Pooling/config.json" },
            application.Models.GetStatus("org/both").Snapshot!.Files.ToHashSet());
        Assert.All(hub.TransfersByFile(), times => Assert.Equal(1, times));
        Assert.Single(application.Log.Of(LogLevel.Information), line => line.Contains("Initialized huggingface provider", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_model_path_of_the_environment_is_where_the_model_lies_and_other_models_stay_where_they_were()
    {
        await using ModelHub hub = await StartAsync();
        using TemporaryFolder models = new();
        await using TestApplication application = Create(
            hub, Chat, ModelStartMode.FailFast, snug => snug.AddModel(ModelHub.Model).Services.AddSnugChatClient(), ("HF_MODEL_PATH", models.Root));

        await application.StartAsync();
        hub.GoDown();

        Assert.StartsWith(models.Root, application.Models.GetPath(Chat), StringComparison.Ordinal);
        Assert.StartsWith(hub.Cache.Root, application.Models.GetPath(ModelHub.Model), StringComparison.Ordinal);
        Assert.NotEmpty((await application.Application.Services.GetRequiredService<IChatClient>().GetResponseAsync("hello", Short, Cancellation)).Messages);
    }

    [Fact]
    public async Task Of_a_GGUF_repository_only_the_file_that_is_named_is_transferred()
    {
        await using ModelHub hub = await StartAsync();
        await hub.Source.Add("org/gguf").CommitAsync(
            ("model-Q4_K_M.gguf", RepositoryContent.Pseudorandom(1000, 1)), ("model-Q8_0.gguf", RepositoryContent.Pseudorandom(1000, 2)), ("model-F16.gguf", RepositoryContent.Pseudorandom(1000, 3)));
        await using TestApplication application = Create(hub, "org/gguf:q8_0", ModelStartMode.FailFast, snug => snug.Services.AddSnugChatClient());

        await application.StartAsync();

        Assert.Equal(["model-Q8_0.gguf"], application.Models.GetStatus("org/gguf:q8_0").Snapshot!.Files);
    }

    [Fact]
    public async Task A_repository_with_nothing_that_can_be_loaded_stops_the_start_and_says_so()
    {
        await using ModelHub hub = await StartAsync();
        await hub.Source.Add("org/pickle").CommitAsync(("config.json", RepositoryContent.FromText("{}")), ("pytorch_model.bin", RepositoryContent.Pseudorandom(1000, 1)));
        await using TestApplication application = Create(hub, "org/pickle", ModelStartMode.FailFast, snug => snug.Services.AddSnugChatClient());

        ModelStartupException e = await Assert.ThrowsAsync<ModelStartupException>(application.StartAsync);

        Assert.Equal((1, "model_format_error"), (e.ExitCode, e.Failures[0].FailureCode));
        Assert.Contains("only in pickle files", application.Log.Of(LogLevel.Error)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_no_model_of_the_Hub_and_nothing_is_asked_of_it()
    {
        await using ModelHub hub = await StartAsync();
        using TemporaryFolder folder = new();
        RandomModel.Write(folder);
        await using TestApplication application = Create(hub, folder.Root, ModelStartMode.FailFast, snug => snug.Services.AddSnugChatClient());

        await application.StartAsync();

        Assert.Empty(application.Models.Models);
        Assert.Equal(4, (await application.Application.Services.GetRequiredService<IChatClient>().GetResponseAsync("hello", Short, Cancellation)).Usage!.OutputTokenCount);
        Assert.Equal(0, hub.Hub.Requests.Count);
    }

    [Theory]
    [InlineData("LLM_PROVIDER", "nobody", "There is no provider 'nobody'")]
    [InlineData("HF_DEVICE", "cuda", "The device 'cuda' cannot be used")]
    [InlineData("LLM_MODEL", "", "No model is named for the provider 'huggingface'")]
    [InlineData("LLM_MODEL", "a/b/c/d", "'a/b/c/d'")]
    public async Task What_makes_no_sense_stops_the_start_in_every_mode_with_exit_code_2(string variable, string value, string message)
    {
        foreach (ModelStartMode mode in Enum.GetValues<ModelStartMode>())
        {
            await using ModelHub hub = await StartAsync();
            await using TestApplication application = Create(hub, Chat, mode, snug => snug.Services.AddSnugChatClient(), (variable, value));

            OptionsValidationException e = await Assert.ThrowsAnyAsync<OptionsValidationException>(application.StartAsync);

            Assert.Contains(message, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", application.Log.Text, StringComparison.Ordinal);
            Assert.Equal(2, StartupExitCodes.For(e));
            Assert.Equal(0, hub.Hub.Requests.Count);
        }
    }

    private static TestApplication Create(
        ModelHub hub, string model, ModelStartMode mode, Action<ISnugBuilder> add, params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> environment = new() { ["LLM_PROVIDER"] = "huggingface", ["LLM_MODEL"] = model };
        foreach ((string name, string value) in variables)
        {
            environment[name] = value;
        }

        return TestApplication.Create(hub, add, options =>
        {
            options.Mode = mode;
            options.Hub.ReadVariable = environment.GetValueOrDefault;
        });
    }

    private static async Task<ModelHub> StartAsync()
    {
        ModelHub hub = await ModelHub.StartAsync();
        await hub.Source.Add(Chat).CommitAsync([.. ChatFiles(), ("onnx/model.onnx", RepositoryContent.Pseudorandom(1000, 1))]);
        await hub.Source.Add(GatedChat, new RepositorySettings { Gate = RepositoryGate.Manual }).CommitAsync(ChatFiles());
        await hub.Source.Add(Encoder).CommitAsync(EncoderFiles());
        return hub;
    }

    private static (string Path, RepositoryContent Content)[] ChatFiles()
    {
        using TemporaryFolder folder = new();
        RandomModel.Write(folder);
        return [.. Directory.GetFiles(folder.Root).Select(file => (Path.GetFileName(file), RepositoryContent.FromBytes(File.ReadAllBytes(file))))];
    }

    private static (string Path, RepositoryContent Content)[] EncoderFiles() =>
        [.. TinyEncoder.Files().Select(file => (file.Key, RepositoryContent.FromBytes(file.Value)))];
}
