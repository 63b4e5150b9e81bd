using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>A scripted server and a client of it.</summary>
internal sealed class RemoteChat : IAsyncDisposable
{
    private RemoteChat(ScriptedServer server, OpenAICompatibleChatClient client)
    {
        Server = server;
        Client = client;
    }

    public ScriptedServer Server { get; }

    public OpenAICompatibleChatClient Client { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<RemoteChat> StartAsync(params ScriptedServer.Script[] scripts) => StartAsync(options => options, null, scripts);

    public static async Task<RemoteChat> StartAsync(
        Func<OpenAICompatibleOptions, OpenAICompatibleOptions> configure, TimeProvider? time, params ScriptedServer.Script[] scripts)
    {
        ScriptedServer server = await ScriptedServer.StartAsync(scripts);
        return new RemoteChat(server, new OpenAICompatibleChatClient(configure(new() { BaseAddress = server.Address, Model = "m" }), timeProvider: time));
    }

    public Task<ChatResponse> AskAsync(string text = "hi", ChatOptions? options = null) => Client.GetResponseAsync(text, options, Cancellation);

    public Task<ChatResponse> AskAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null) => Client.GetResponseAsync(messages, options, Cancellation);

    public async Task<List<ChatResponseUpdate>> StreamAsync(ChatOptions? options = null, List<ChatResponseUpdate>? into = null)
    {
        into ??= [];
        await foreach (ChatResponseUpdate update in Client.GetStreamingResponseAsync("hi", options, Cancellation))
        {
            into.Add(update);
        }

        return into;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
