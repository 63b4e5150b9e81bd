using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>What every chat client does, asked of the remote one over real HTTP.</summary>
public sealed class OpenAICompatibleBehaviourTests : ChatClientBehaviour, IAsyncDisposable
{
    private readonly List<ScriptedServer> _servers = [];

    protected override string ProviderName => "openai-compatible";

    protected override string ModelName => "scripted-1";

    protected override async Task<IChatClient> CreateAsync(params ScriptedReply[] replies)
    {
        ScriptedServer server = await ScriptedServer.StartAsync([.. replies.Select(reply => Replies.For(reply, ModelName))]);
        _servers.Add(server);
        return new OpenAICompatibleChatClient(new() { BaseAddress = server.Address, Model = ModelName });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ScriptedServer server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
