using Microsoft.Extensions.AI;
using Snug.Pretrained;
using Snug.TestKit;

namespace Snug.AI.Tests;

public sealed class LocalEmbeddingGeneratorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SentenceEncoder _encoder;

    public LocalEmbeddingGeneratorTests() => _encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(_folder), new() { Threads = 1 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _encoder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_text_gets_its_vector_in_order_with_model_time_and_usage()
    {
        DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        using LocalEmbeddingGenerator generator = new(_encoder, time: new ManualTime(now));
        string[] texts = ["tax law", "the cat", "z"];

        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(texts, cancellationToken: Cancellation);

        SentenceEmbeddings expected = _encoder.Embed(texts, cancellationToken: Cancellation);
        Assert.Equal(expected.Vectors, embeddings.Select(embedding => embedding.Vector.ToArray()));
        Assert.All(embeddings, embedding => Assert.Equal((generator.ModelId, now, TinyEncoder.Width), (embedding.ModelId, embedding.CreatedAt, embedding.Dimensions)));
        Assert.Equal((11L, 11L), (embeddings.Usage!.InputTokenCount, embeddings.Usage.TotalTokenCount));
        Assert.Empty(await generator.GenerateAsync([], cancellationToken: Cancellation));
    }

    [Fact]
    public void Metadata_tell_model_and_dimensions_without_loading_weights()
    {
        File.Delete(Path.Join(_folder.Root, "model.safetensors"));
        using LocalEmbeddingGenerator generator = new(_encoder);

        EmbeddingGeneratorMetadata metadata = generator.GetRequiredService<EmbeddingGeneratorMetadata>();

        Assert.Equal(("snug", Path.GetFileName(_folder.Root), TinyEncoder.Width), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(_encoder, generator.GetService<SentenceEncoder>());
        Assert.Same(generator, generator.GetService<IEmbeddingGenerator<string, Embedding<float>>>());
        Assert.Null(generator.GetService<string>());
        Assert.Null(((IEmbeddingGenerator)generator).GetService(typeof(SentenceEncoder), "key"));
    }

    [Fact]
    public async Task Dimensions_and_prompts_of_a_call_come_before_the_defaults()
    {
        using LocalEmbeddingGenerator generator = new(_encoder, new EmbedOptions { PromptName = "passage" });

        Assert.Equal(Expected(new EmbedOptions { PromptName = "passage" }), await OneAsync(null));
        Assert.Equal(Expected(new EmbedOptions { PromptName = "query" }), await OneAsync(new() { AdditionalProperties = new() { [LocalEmbeddingGenerator.PromptName] = "query" } }));
        Assert.Equal(Expected(new EmbedOptions { Prompt = "the " }), await OneAsync(new() { AdditionalProperties = new() { [LocalEmbeddingGenerator.Prompt] = "the " } }));
        Assert.Equal(Expected(new EmbedOptions { PromptName = "passage", Dimensions = 5 }), await OneAsync(new() { Dimensions = 5 }));
        Assert.Equal(Expected(new EmbedOptions { PromptName = "passage" }), await OneAsync(new() { AdditionalProperties = new() { ["somebody_elses"] = 1 } }));
        await Assert.ThrowsAsync<ArgumentException>(() => OneAsync(new() { AdditionalProperties = new() { [LocalEmbeddingGenerator.PromptName] = "title" } }));
        await Assert.ThrowsAsync<ArgumentException>(() => OneAsync(new() { AdditionalProperties = new() { [LocalEmbeddingGenerator.Normalize] = "yes" } }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OneAsync(new() { Dimensions = 33 }));

        float[] Expected(EmbedOptions options) => _encoder.Embed(["cat"], options, Cancellation).Vectors[0];

        async Task<float[]> OneAsync(EmbeddingGenerationOptions? options) => (await generator.GenerateAsync(["cat"], options, Cancellation))[0].Vector.ToArray();
    }

    [Fact]
    public async Task Calls_at_once_get_what_each_asked_for()
    {
        using LocalEmbeddingGenerator generator = new(_encoder);
        string[][] calls = [.. Enumerable.Range(0, 8).Select(i => Enumerable.Range(0, i + 1).Select(j => ((char)('a' + i + j)).ToString()).ToArray())];

        GeneratedEmbeddings<Embedding<float>>[] results = await Task.WhenAll(calls.Select(texts => generator.GenerateAsync(texts, cancellationToken: Cancellation)));

        for (int i = 0; i < calls.Length; i++)
        {
            Assert.Equal(_encoder.Embed(calls[i], cancellationToken: Cancellation).Vectors, results[i].Select(embedding => embedding.Vector.ToArray()));
        }
    }

    [Fact]
    public async Task Cancellation_is_not_wrapped_and_the_encoder_goes_only_with_its_owner()
    {
        LocalEmbeddingGenerator borrowed = new(_encoder, ownsEncoder: false);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => borrowed.GenerateAsync(["x"], cancellationToken: new CancellationToken(canceled: true)));
        borrowed.Dispose();
        Assert.NotEmpty(_encoder.Embed(["x"], cancellationToken: Cancellation).Vectors);

        LocalEmbeddingGenerator owner = new(_encoder);
        owner.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => owner.GenerateAsync(["x"], cancellationToken: Cancellation));
    }
}
