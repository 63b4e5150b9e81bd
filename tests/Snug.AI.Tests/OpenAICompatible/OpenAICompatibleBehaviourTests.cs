using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>What every chat client does, asked of the remote one over real HTTP.</summary>
public sealed class OpenAICompatibleBehaviourTests : ChatClientBehaviour, IAsyncDisposable
{
    private readonly List<ScriptedServer> _servers = [];
    private ScriptedServer? _embeddings;

    protected override string ProviderName => "openai-compatible";

    protected override string ModelName => "scripted-1";

    protected override IReadOnlyList<string> Asked => [.. _servers.SelectMany(server => server.Requests).Select(request => request.Text)];

    protected override Uri? Address => _servers[0].Address;

    protected override async Task<IChatClient> CreateAsync(params ScriptedReply[] replies)
    {
        ScriptedServer server = await ScriptedServer.StartAsync([.. replies.Select(reply => Replies.For(reply, ModelName))]);
        _servers.Add(server);
        return new OpenAICompatibleChatClient(new() { BaseAddress = server.Address, Model = ModelName });
    }

    protected override async Task<IEmbeddingGenerator<string, Embedding<float>>> CreateEmbeddingsAsync()
    {
        ScriptedServer? server = null;
        _embeddings = server = await ScriptedServer.StartAsync(context => ScriptedServer.Json(Vectors(server!.LastBody.GetProperty("input")))(context));
        return new OpenAICompatibleEmbeddingGenerator(new() { BaseAddress = server.Address, Model = "letters" });
    }

    protected override string? FormOf(DataContent attachment) => attachment.HasTopLevelMediaType("image")
        ? """{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo"""
        : """{"type":"file","file":{"filename":"sample.pdf","file_data":"data:application/pdf;base64,JVBERi0xLjQ=""";

    protected override bool OffersTools(string request) => JsonElement.Parse(request).TryGetProperty("tools", out _);

    protected override bool IsDemanded(string request, string? function) =>
        JsonElement.Parse(request).TryGetProperty("tool_choice", out JsonElement choice)
        && choice.ToString() == (function is null ? "required" : $$$"""{"type":"function","function":{"name":"{{{function}}}"}}""");

    protected override void CheckStrictness(string request, bool isStrict) => Assert.All(
        JsonElement.Parse(request).GetProperty("tools").EnumerateArray(),
        tool => Assert.Equal(isStrict, tool.GetProperty("function").TryGetProperty("strict", out JsonElement strict) && strict.GetBoolean()));

    protected override void CheckFormat(string request, bool hasSchema)
    {
        JsonElement format = JsonElement.Parse(request).GetProperty("response_format");
        Assert.Equal(hasSchema ? "json_schema" : "json_object", format.GetProperty("type").GetString());
        Assert.Equal(hasSchema, format.TryGetProperty("json_schema", out JsonElement schema) && schema.GetProperty("schema").GetProperty("type").ValueKind != JsonValueKind.Null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_embeddings is not null)
        {
            await _embeddings.DisposeAsync();
        }

        foreach (ScriptedServer server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>For each text how often it has each letter.</summary>
    private static string Vectors(JsonElement texts)
    {
        IEnumerable<string> vectors = texts.EnumerateArray().Select(text => string.Join(',', Enumerable.Range('a', 26).Select(letter => text.GetString()!.Count(c => c == letter))));
        return $$"""{"object":"list","model":"letters","data":[{{string.Join(',', vectors.Select((vector, index) => $$"""{"index":{{index}},"embedding":[{{vector}}]}"""))}}]}""";
    }
}
