using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Snug.Hub;

namespace Snug.AI;

/// <summary>
/// A generator of embeddings for the inference service of Hugging Face, which stands behind its router: the router has no embeddings under
/// OpenAI's protocol, but a path for each model. Texts are sent in batches, one after the other; results come in the order of the texts. It is
/// safe for concurrent use and retries nothing.
/// </summary>
public sealed class FeatureExtractionEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private const string ChatPath = "/v1";
    private const string ServicePath = "/hf-inference";

    /// <summary>The most bytes of an answer: a batch of long vectors as text.</summary>
    private const long MaxAnswerLength = 32L * 1024 * 1024;

    private readonly OpenAICompatibleOptions _options;
    private readonly ProviderConnection _connection;
    private readonly EmbeddingGeneratorMetadata _metadata;
    private readonly TimeProvider _time;

    /// <summary>Creates a generator; nothing is sent.</summary>
    /// <param name="options">
    /// Server, key, model and limits of time. The address is that of the router with its version, as for conversations
    /// (<c>https://router.huggingface.co/v1</c>); the service's own path takes the place of the version.
    /// </param>
    /// <param name="httpClient">A client to send with, which is not disposed nor changed. Unset: one of its own.</param>
    /// <param name="timeProvider">The clock for limits of time and for the time of creation.</param>
    /// <param name="dimensions">The length of the model's vectors, if it is known, for the metadata; it is not sent.</param>
    /// <exception cref="ChatProviderException">The options have no address, or one that cannot be used.</exception>
    public FeatureExtractionEmbeddingGenerator(
        OpenAICompatibleOptions options, HttpClient? httpClient = null, TimeProvider? timeProvider = null, int? dimensions = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options with { BaseAddress = ServiceOf(options.BaseAddress ?? options.Server.BaseAddress) };
        _time = timeProvider ?? TimeProvider.System;
        _connection = new ProviderConnection(_options, httpClient, timeProvider);
        _metadata = new EmbeddingGeneratorMetadata(options.Server.Name, _connection.Address, options.Model, dimensions);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <see cref="EmbeddingGenerationOptions.AdditionalProperties"/> become members of the request; the service knows <c>normalize</c>,
    /// <c>truncate</c>, <c>truncation_direction</c> and <c>prompt_name</c>.
    /// </remarks>
    /// <exception cref="ChatProviderException">The service cannot be reached, refuses, answers something else, or has vectors of tokens only.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        string[] texts = EmbeddingRequest.Texts(values);
        GeneratedEmbeddings<Embedding<float>> results = new(texts.Length);
        if (texts.Length == 0)
        {
            return results;
        }

        string model = options?.ModelId ?? _options.Model ?? throw _connection.Errors.NoModel();
        string path = PathOf(model);
        foreach (string[] batch in texts.Chunk(Math.Max(1, _options.Server.EmbeddingBatchSize)))
        {
            JsonObject body = new() { ["inputs"] = EmbeddingRequest.Array(batch) };
            EmbeddingRequest.AddOptions(body, options, this);
            using ProviderAnswer answer = await _connection.SendAsync(path, body, asStream: false, model, cancellationToken).ConfigureAwait(false);
            answer.Body.MaxLength = MaxAnswerLength;
            JsonElement root = await answer.ReadValueAsync(model, cancellationToken).ConfigureAwait(false);
            DateTimeOffset now = _time.GetUtcNow();
            results.AddRange(Read(root, batch.Length, model, options?.Dimensions).Select(vector => new Embedding<float>(vector) { ModelId = model, CreatedAt = now }));
        }

        EmbeddingRequest.CheckLengths(results, _connection.Errors);
        return results;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType == typeof(OpenAICompatibleOptions) ? _options
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Provider and address; never the key.</summary>
    public override string ToString() => $"{_options.Server.Name} at {_connection.Address}";

    /// <summary>Closes the connections, if they are its own.</summary>
    public void Dispose() => _connection.Dispose();

    /// <summary>The address of the service behind the router; what cannot be used is left for the connection to refuse.</summary>
    private static Uri? ServiceOf(Uri? router)
    {
        if (router is not { IsAbsoluteUri: true })
        {
            return router;
        }

        string path = router.AbsolutePath.TrimEnd('/');
        string prefix = path.EndsWith(ChatPath, StringComparison.Ordinal) ? path[..^ChatPath.Length] : path;
        return new UriBuilder(router) { Path = prefix + ServicePath }.Uri;
    }

    /// <summary>The path of a model. Nothing but the name of a repository comes into it.</summary>
    private string PathOf(string model) =>
        RepositoryId.TryParse(model, out RepositoryId? id) && id.Type == RepositoryType.Model
            ? $"models/{id.FullName}/pipeline/feature-extraction"
            : throw _connection.Errors.NoRepository(model);

    private IEnumerable<float[]> Read(JsonElement root, int count, string model, int? dimensions)
    {
        if (root.ValueKind != JsonValueKind.Array)
        {
            throw _connection.Errors.Protocol("it is no list of vectors");
        }

        // For one text some servers leave the outer list out.
        IReadOnlyList<JsonElement> rows = count == 1 && IsListOf(root, JsonValueKind.Number) ? [root] : [.. root.EnumerateArray()];
        if (rows.Count != count)
        {
            throw _connection.Errors.Protocol(string.Create(CultureInfo.InvariantCulture, $"it has {rows.Count} vectors for {count} texts"));
        }

        foreach (JsonElement row in rows)
        {
            if (IsListOf(row, JsonValueKind.Array))
            {
                throw _connection.Errors.TokenVectors(model);
            }

            float[] vector = (row.ValueKind == JsonValueKind.Array ? EmbeddingRequest.ReadNumbers(row) : null)
                ?? throw _connection.Errors.Protocol("a vector of it is no list of numbers");
            if (dimensions is { } asked && vector.Length != asked)
            {
                throw _connection.Errors.Protocol(string.Create(CultureInfo.InvariantCulture, $"its vectors have {vector.Length} numbers where {asked} were asked for"));
            }

            yield return vector;
        }
    }

    private static bool IsListOf(JsonElement value, JsonValueKind kind) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value[0].ValueKind == kind;
}
