using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Snug.TestKit;

namespace Snug.AI.Tests;

/// <summary>Embeddings by the inference service behind the router of Hugging Face, over HTTP.</summary>
public sealed class FeatureExtractionTests
{
    private const string Token = "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_provider_of_the_router_asks_the_path_of_the_model_with_the_token()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("[[1,0],[2,0.5]]"));
        LlmProvider provider = new LlmProviderFactory().Create(
            "huggingface-router", new() { BaseAddress = server.Address, ApiKey = ApiKey.Parse(Token), Model = "BAAI/bge-small-en-v1.5" });
        using IEmbeddingGenerator<string, Embedding<float>> generator = provider.CreateEmbeddingGenerator();

        GeneratedEmbeddings<Embedding<float>> results = await generator.GenerateAsync(["a", "größer"], null, Cancellation);

        SentRequest request = server.Requests.Single();
        Assert.Equal(("POST", "/hf-inference/models/BAAI/bge-small-en-v1.5/pipeline/feature-extraction"), (request.Method, request.Path));
        Assert.Equal("Bearer " + Token, request.Authorization);
        Assert.Equal("""{"inputs":["a","größer"]}""", request.Text);
        Assert.Equal([1f, 2f], results.Select(result => result.Vector.Span[0]));
        Assert.All(results, result => Assert.Equal("BAAI/bge-small-en-v1.5", result.ModelId));
        Assert.Null(results.Usage);
    }

    [Fact]
    public async Task Many_texts_are_sent_in_batches_and_come_back_in_their_order()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            ScriptedServer.Json("[[0],[1],[2]]"), ScriptedServer.Json("[[3],[4],[5]]"), ScriptedServer.Json("[[6]]"));
        ManualTime time = new();
        using FeatureExtractionEmbeddingGenerator generator = Create(server, batch: 3, time: time);

        GeneratedEmbeddings<Embedding<float>> results = await generator.GenerateAsync(Enumerable.Range(0, 7).Select(i => $"text {i}"), null, Cancellation);

        Assert.Equal([3, 3, 1], server.Requests.Select(request => request.Body.GetProperty("inputs").GetArrayLength()));
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f, 6f], results.Select(result => result.Vector.Span[0]));
        Assert.All(results, result => Assert.Equal(time.GetUtcNow(), result.CreatedAt));
    }

    [Fact]
    public async Task What_the_caller_says_becomes_members_of_the_request()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("[[1,2]]"));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        await generator.GenerateAsync(
            ["a"],
            new()
            {
                ModelId = "org/other",
                Dimensions = 2,
                AdditionalProperties = new() { ["normalize"] = true, ["truncate"] = true, ["truncation_direction"] = "Right", ["prompt_name"] = "passage" },
                RawRepresentationFactory = _ => new JsonObject { ["prompt_name"] = "query" },
            },
            Cancellation);

        Assert.Equal("/hf-inference/models/org/other/pipeline/feature-extraction", server.Requests.Single().Path);
        Assert.Equal(
            """{"inputs":["a"],"dimensions":2,"normalize":true,"truncate":true,"truncation_direction":"Right","prompt_name":"query"}""", server.Requests.Single().Text);
    }

    [Fact]
    public async Task For_one_text_the_vector_may_come_alone()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("[0.5,-1.5]"));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        Assert.Equal(new[] { 0.5f, -1.5f }, (await generator.GenerateAsync("a", null, Cancellation)).Vector.ToArray());
    }

    [Theory]
    [InlineData("[[[1,2],[3,4]],[[1,2]]]")]
    [InlineData("[[[[1,2],[3,4]]],[[[1,2]]]]")]
    public async Task Vectors_of_tokens_are_refused_with_the_model_to_take_instead(string body)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json(body));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a", "b"], null, Cancellation));

        Assert.Equal((ChatProviderErrorKind.InvalidRequest, "org/e"), (e.Kind, e.Model));
        Assert.Contains("a vector of each token", e.Message, StringComparison.Ordinal);
        Assert.Contains("sentence-transformers", e.Advice[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[1]]")]
    [InlineData("[[1],[2],[3]]")]
    [InlineData("[[1],[1,2]]")]
    [InlineData("[[1],[]]")]
    [InlineData("""[[1],["x"]]""")]
    [InlineData("[[1],[1e999]]")]
    [InlineData("[[1],null]")]
    [InlineData("[1,2]")]
    [InlineData("""{"embeddings":[[1],[2]]}""")]
    [InlineData("<html>")]
    public async Task An_answer_that_does_not_fit_the_texts_is_an_error(string body)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json(body));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        Assert.Equal(ChatProviderErrorKind.Protocol, (await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a", "b"], null, Cancellation))).Kind);
    }

    [Fact]
    public async Task Vectors_of_another_length_than_was_asked_for_are_an_error()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("[[1,2,3]]"));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a"], new() { Dimensions = 2 }, Cancellation));

        Assert.Equal(ChatProviderErrorKind.Protocol, e.Kind);
        Assert.Contains("3 numbers where 2 were asked for", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_left()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            string piece = string.Concat(Enumerable.Repeat("0.1234567,", 20_000));
            await context.Response.WriteAsync("[[", context.RequestAborted);
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(piece, context.RequestAborted);
            }
        });
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a"], null, Cancellation));

        Assert.Equal(ChatProviderErrorKind.Protocol, e.Kind);
        Assert.Contains("no end", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":"Model org/e is currently loading","estimated_time":20.5}""", null, 20.5)]
    [InlineData("""{"error":"Model org/e is currently loading","estimated_time":20.5}""", "7", 7.0)]
    [InlineData("""{"error":"Model org/e is currently loading","estimated_time":"soon"}""", null, null)]
    public async Task A_model_that_is_still_loaded_is_unavailable_for_the_time_that_the_service_estimates(string body, string? header, double? seconds)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            ScriptedServer.Json(body, 503, headers: header is null ? [] : [("Retry-After", header)]));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a"], null, Cancellation));

        Assert.Equal(ChatProviderErrorKind.Unavailable, e.Kind);
        Assert.Equal(seconds, e.RetryAfter?.TotalSeconds);
        Assert.Contains("currently loading", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, ChatProviderErrorKind.Authentication)]
    [InlineData(402, ChatProviderErrorKind.QuotaExceeded)]
    [InlineData(403, ChatProviderErrorKind.Forbidden)]
    [InlineData(404, ChatProviderErrorKind.NotFound)]
    [InlineData(413, ChatProviderErrorKind.InvalidRequest)]
    [InlineData(422, ChatProviderErrorKind.InvalidRequest)]
    [InlineData(429, ChatProviderErrorKind.RateLimited)]
    [InlineData(500, ChatProviderErrorKind.ServerError)]
    public async Task A_refusal_is_a_typed_exception_without_the_token(int status, ChatProviderErrorKind kind)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            ScriptedServer.Json($$"""{"error":"no: {{Token}}","error_type":"validation"}""", status, headers: ("X-Request-Id", "r-1")));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a"], null, Cancellation));

        Assert.Equal((kind, status, "r-1"), (e.Kind, e.StatusCode!.Value, e.RequestId));
        Assert.NotEmpty(e.Advice);
        Assert.DoesNotContain(Token, e + e.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_connection_is_told_as_such()
    {
        TaskCompletionSource read = new();
        read.SetResult();
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Cut(read.Task, "[[1,"));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a"], null, Cancellation));

        Assert.Contains(e.Kind, (ChatProviderErrorKind[])[ChatProviderErrorKind.Interrupted, ChatProviderErrorKind.Network]);
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("../../whoami")]
    [InlineData("datasets/org/data")]
    public async Task Only_the_name_of_a_repository_comes_into_the_path(string model)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("[[1]]"));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => generator.GenerateAsync(["a"], new() { ModelId = model }, Cancellation));

        Assert.Equal(ChatProviderErrorKind.Configuration, e.Kind);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Nothing_is_sent_without_texts_and_without_a_key_to_the_router_itself()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("[[1]]"));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);
        using FeatureExtractionEmbeddingGenerator router = new(new() { Server = OpenAICompatibleServer.HuggingFaceRouter, Model = "org/e" });

        Assert.Empty(await generator.GenerateAsync([], null, Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(() => generator.GenerateAsync(null!, null, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([null!], null, Cancellation));
        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => router.GenerateAsync(["a"], null, Cancellation));

        Assert.Equal(ChatProviderErrorKind.Authentication, e.Kind);
        Assert.Contains("HF_TOKEN", string.Join('\n', e.Advice), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Services_are_the_metadata_and_the_generator_itself()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("[[1]]"));
        using FeatureExtractionEmbeddingGenerator generator = Create(server);

        EmbeddingGeneratorMetadata metadata = Assert.IsType<EmbeddingGeneratorMetadata>(generator.GetService(typeof(EmbeddingGeneratorMetadata)));
        Assert.Equal(("huggingface-router", "org/e", 384), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions!.Value));
        Assert.Equal("/hf-inference", metadata.ProviderUri!.AbsolutePath);
        Assert.Same(generator, generator.GetService(typeof(FeatureExtractionEmbeddingGenerator)));
        Assert.Null(generator.GetService(typeof(EmbeddingGeneratorMetadata), "key"));
        Assert.DoesNotContain(Token, generator.ToString(), StringComparison.Ordinal);
    }

    private static FeatureExtractionEmbeddingGenerator Create(ScriptedServer server, int batch = 32, TimeProvider? time = null) => new(
        new()
        {
            BaseAddress = server.Address,
            Key = ApiKey.Parse(Token),
            Model = "org/e",
            Server = OpenAICompatibleServer.HuggingFaceRouter with { EmbeddingBatchSize = batch },
        },
        timeProvider: time, dimensions: 384);
}
