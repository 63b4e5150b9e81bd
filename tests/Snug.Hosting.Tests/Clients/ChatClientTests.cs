using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Snug.AI;
using Snug.AI.Tests;
using Snug.Hub;
using Snug.Inference;
using Snug.Pretrained;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>Chat clients by dependency injection.</summary>
public sealed class ChatClientTests
{
    private const string Chat = "org/chat";

    private static readonly LocalChatClientOptions OneThread = new() { Model = new PretrainedModelOptions { Model = new ModelOptions { Threads = 1 } } };
    private static readonly ChatOptions Short = new() { MaxOutputTokens = 4, Temperature = 0 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_answers_with_the_model_that_was_made_ready_and_sends_nothing_more()
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = TestApplication.Create(hub, snug => snug.Services.AddSnugChatClient(Chat, options: OneThread));
        await application.StartAsync();
        hub.Hub.Requests.Clear();
        hub.GoDown();

        IChatClient client = application.Application.Services.GetRequiredService<IChatClient>();
        ChatResponse answer = await client.GetResponseAsync("hello world", Short, Cancellation);

        Assert.Equal(4, answer.Usage!.OutputTokenCount);
        Assert.Equal(Chat, answer.ModelId);
        Assert.Equal(Chat, client.GetService<ChatClientMetadata>()!.DefaultModelId);
        Assert.NotNull(client.GetService<LocalChatClient>());
        Assert.Equal(0, hub.Hub.Requests.Count);
        Assert.Equal(
            ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
            application.Models.GetStatus(Chat).Snapshot!.Files);
    }

    [Fact]
    public async Task A_lazy_client_sends_nothing_before_its_first_request_and_streams_then()
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = TestApplication.Create(
            hub, snug => snug.Services.AddSnugChatClient(Chat, model => model.Mode = ModelStartMode.Lazy, OneThread));
        await application.StartAsync();
        IChatClient client = application.Application.Services.GetRequiredService<IChatClient>();

        Assert.Equal(Chat, client.GetService<ChatClientMetadata>()!.DefaultModelId);
        Assert.Equal(0, hub.Hub.Requests.Count);

        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync("hello", Short, Cancellation).ToListAsync(Cancellation);

        Assert.NotEmpty(updates);
        Assert.NotEqual(0, hub.Hub.Requests.Count);
    }

    [Fact]
    public async Task Clients_under_keys_have_models_of_their_own()
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = TestApplication.Create(hub, snug => snug.Services
            .AddKeyedSnugChatClient("first", Chat, model => model.Mode = ModelStartMode.Lazy, OneThread).Services
            .AddKeyedSnugChatClient("second", "named", model => (model.Repository, model.Mode) = (ModelHub.Gated, ModelStartMode.Lazy), OneThread));
        await application.StartAsync();
        IServiceProvider services = application.Application.Services;

        Assert.Equal(Chat, (await services.GetRequiredKeyedService<IChatClient>("first").GetResponseAsync("hello", Short, Cancellation)).ModelId);
        HubException e = await Assert.ThrowsAsync<HubException>(() => services.GetRequiredKeyedService<IChatClient>("second").GetResponseAsync("hello", Short, Cancellation));

        Assert.Equal(HubErrorKind.Gated, e.Kind);
    }

    [Fact]
    public async Task A_model_that_was_added_before_keeps_its_files()
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = TestApplication.Create(hub, snug => snug.AddModel(Chat).Services.AddSnugChatClient(Chat, options: OneThread));

        await application.StartAsync();

        Assert.Contains("onnx/model.onnx", application.Models.GetStatus(Chat).Snapshot!.Files);
    }

    private static async Task<ModelHub> StartAsync()
    {
        using TemporaryFolder folder = new();
        RandomModel.Write(folder);
        (string Path, RepositoryContent Content)[] files =
        [
            .. Directory.GetFiles(folder.Root).Select(file => (Path.GetFileName(file), RepositoryContent.FromBytes(File.ReadAllBytes(file)))),
            ("onnx/model.onnx", RepositoryContent.Pseudorandom(1000, 1)),
            ("pytorch_model.bin", RepositoryContent.Pseudorandom(1000, 2)),
        ];
        ModelHub hub = await ModelHub.StartAsync();
        await hub.Source.Add(Chat).CommitAsync(files);
        return hub;
    }
}
