using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Snug.TestKit;

namespace Snug.AI.Tests;

/// <summary>Embeddings over HTTP.</summary>
public sealed class EmbeddingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Vectors_come_in_the_order_of_the_texts_whatever_the_order_of_the_answer()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("""
            {"object":"list","model":"e-1","data":[{"index":2,"embedding":[3,0]},{"index":0,"embedding":[1,0]},{"index":1,"embedding":[2,0.5]}],"usage":{"prompt_tokens":9,"total_tokens":9}}
            """));
        ManualTime time = new();
        using OpenAICompatibleEmbeddingGenerator generator = Create(server, time: time);

        GeneratedEmbeddings<Embedding<float>> results = await generator.GenerateAsync(["a", "b", "c"], null, Cancellation);

        Assert.Equal([1f, 2f, 3f], results.Select(result => result.Vector.Span[0]));
        Assert.Equal(0.5f, results[1].Vector.Span[1]);
        Assert.All(results, result => Assert.Equal(("e-1", time.GetUtcNow()), (result.ModelId, result.CreatedAt!.Value)));
        Assert.Equal(9, results.Usage!.InputTokenCount);
        Assert.Equal("/v1/embeddings", server.Requests.Single().Path);
        Assert.Equal("""["a","b","c"]""", server.LastBody.GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task Many_texts_are_sent_in_batches_and_their_usage_is_added_up()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Count(1), Count(2), Count(3));
        using OpenAICompatibleEmbeddingGenerator generator = Create(server, batch: 4);

        GeneratedEmbeddings<Embedding<float>> results = await generator.GenerateAsync(Enumerable.Range(0, 10).Select(i => $"text {i}"), null, Cancellation);

        Assert.Equal([4, 4, 2], server.Requests.Select(request => request.Body.GetProperty("input").GetArrayLength()));
        Assert.Equal([1f, 1f, 1f, 1f, 2f, 2f, 2f, 2f, 3f, 3f], results.Select(result => result.Vector.Span[0]));
        Assert.Equal(30, results.Usage!.InputTokenCount);

        ScriptedServer.Script Count(int batch) => context =>
        {
            int texts = batch == 3 ? 2 : 4;
            string data = string.Join(',', Enumerable.Range(0, texts).Select(i => $$"""{"index":{{i}},"embedding":[{{batch}},{{i}}]}"""));
            return context.Response.WriteAsync($$$"""{"data":[{{{data}}}],"usage":{"prompt_tokens":10,"total_tokens":10}}""", context.RequestAborted);
        };
    }

    [Fact]
    public async Task Vectors_in_base_64_are_read_too()
    {
        string text = Convert.ToBase64String(MemoryMarshal.AsBytes<float>([0.25f, -1.5f]));
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json($$"""{"data":[{"index":0,"embedding":"{{text}}"}]}"""));
        using OpenAICompatibleEmbeddingGenerator generator = Create(server);

        Embedding<float> result = await generator.GenerateAsync("a", null, Cancellation);

        Assert.Equal(new[] { 0.25f, -1.5f }, result.Vector.ToArray());
        Assert.Equal("float", server.LastBody.GetProperty("encoding_format").GetString());
    }

    [Fact]
    public async Task Options_are_sent()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("""{"data":[{"embedding":[1]}]}"""));
        using OpenAICompatibleEmbeddingGenerator generator = Create(server);

        await generator.GenerateAsync(
            ["a"],
            new() { ModelId = "other", Dimensions = 256, AdditionalProperties = new() { ["truncate"] = true }, RawRepresentationFactory = _ => new JsonObject { ["user"] = "u" } },
            Cancellation);

        Assert.Equal("other", server.LastBody.GetProperty("model").GetString());
        Assert.Equal(256, server.LastBody.GetProperty("dimensions").GetInt32());
        Assert.True(server.LastBody.GetProperty("truncate").GetBoolean());
        Assert.Equal("u", server.LastBody.GetProperty("user").GetString());
    }

    [Theory]
    [InlineData("""{"data":[{"index":0,"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":7,"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":["x"]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1e999]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":"AAA="}]}""")]
    [InlineData("""{"object":"list"}""")]
    public async Task An_answer_that_does_not_fit_the_texts_is_an_error(string body)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json(body));
        using OpenAICompatibleEmbeddingGenerator generator = Create(server);

        Assert.Equal(ChatProviderErrorKind.Protocol, (await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a", "b"], null, Cancellation))).Kind);
    }

    [Fact]
    public async Task No_texts_are_no_request()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("{}"));
        using OpenAICompatibleEmbeddingGenerator generator = Create(server);

        Assert.Empty(await generator.GenerateAsync([], null, Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(() => generator.GenerateAsync(null!, null, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([null!], null, Cancellation));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_refusal_is_a_typed_exception()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("""{"error":"slow down"}""", 429, headers: ("Retry-After", "3")));
        using OpenAICompatibleEmbeddingGenerator generator = Create(server);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a"], null, Cancellation));

        Assert.Equal(ChatProviderErrorKind.RateLimited, e.Kind);
        Assert.Equal(TimeSpan.FromSeconds(3), e.RetryAfter);
    }

    [Fact]
    public async Task Services_are_the_metadata_and_the_generator_itself()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("{}"));
        using OpenAICompatibleEmbeddingGenerator generator = Create(server);

        EmbeddingGeneratorMetadata metadata = Assert.IsType<EmbeddingGeneratorMetadata>(generator.GetService(typeof(EmbeddingGeneratorMetadata)));
        Assert.Equal("openai-compatible", metadata.ProviderName);
        Assert.Equal("e", metadata.DefaultModelId);
        Assert.Equal(384, metadata.DefaultModelDimensions);
        Assert.Same(generator, generator.GetService(typeof(OpenAICompatibleEmbeddingGenerator)));
        Assert.Null(generator.GetService(typeof(EmbeddingGeneratorMetadata), "key"));
    }

    private static OpenAICompatibleEmbeddingGenerator Create(ScriptedServer server, int batch = 128, TimeProvider? time = null) => new(
        new() { BaseAddress = server.Address, Model = "e", Server = OpenAICompatibleServer.Other with { EmbeddingBatchSize = batch } }, timeProvider: time, dimensions: 384);
}
