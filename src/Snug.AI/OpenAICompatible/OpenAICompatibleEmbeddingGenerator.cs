using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>
/// A generator of embeddings for servers that speak OpenAI's protocol for them. Texts are sent in batches, one after the other; results come
/// in the order of the texts. It is safe for concurrent use and retries nothing.
/// </summary>
public sealed class OpenAICompatibleEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly OpenAICompatibleOptions _options;
    private readonly ProviderConnection _connection;
    private readonly EmbeddingGeneratorMetadata _metadata;
    private readonly TimeProvider _time;

    /// <summary>Creates a generator; nothing is sent.</summary>
    /// <param name="options">Server, key, model and limits of time.</param>
    /// <param name="httpClient">A client to send with, which is not disposed nor changed. Unset: one of its own.</param>
    /// <param name="timeProvider">The clock for limits of time and for the time of creation.</param>
    /// <param name="dimensions">The length of the model's vectors, if it is known, for the metadata; it is not sent.</param>
    /// <exception cref="ChatProviderException">The options have no address, or one that cannot be used.</exception>
    public OpenAICompatibleEmbeddingGenerator(
        OpenAICompatibleOptions options, HttpClient? httpClient = null, TimeProvider? timeProvider = null, int? dimensions = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = timeProvider ?? TimeProvider.System;
        _connection = new ProviderConnection(options, httpClient, timeProvider);
        _metadata = new EmbeddingGeneratorMetadata(options.Server.Name, _connection.Address, options.Model, dimensions);
    }

    /// <inheritdoc/>
    /// <exception cref="ChatProviderException">The server cannot be reached, refuses, or answers something else.</exception>
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
        foreach (string[] batch in texts.Chunk(Math.Max(1, _options.Server.EmbeddingBatchSize)))
        {
            JsonObject body = Write(batch, options, model);
            using ProviderAnswer answer = await _connection.SendAsync("embeddings", body, asStream: false, model, cancellationToken).ConfigureAwait(false);
            JsonElement root = await answer.ReadJsonAsync(model, cancellationToken).ConfigureAwait(false);
            string name = Json.String(root, "model") is { Length: > 0 } given ? given : model;
            DateTimeOffset now = _time.GetUtcNow();
            results.AddRange(Read(root, batch.Length).Select(vector => new Embedding<float>(vector) { ModelId = name, CreatedAt = now }));
            if (ChatAnswerReader.Usage(root) is { } usage)
            {
                (results.Usage ??= new UsageDetails()).Add(usage);
            }
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

    private JsonObject Write(string[] texts, EmbeddingGenerationOptions? options, string model)
    {
        JsonObject body = new()
        {
            ["model"] = model,
            ["input"] = EmbeddingRequest.Array(texts),
            ["encoding_format"] = "float",
        };
        EmbeddingRequest.AddOptions(body, options, this);
        return body;
    }

    /// <summary>The vectors in the order of the texts, whatever the order of the answer.</summary>
    private float[][] Read(JsonElement root, int count)
    {
        if (Json.Array(root, "data") is not { } data || data.GetArrayLength() != count)
        {
            throw _connection.Errors.Protocol(string.Create(CultureInfo.InvariantCulture, $"it has not one vector for each of {count} texts"));
        }

        float[][] vectors = new float[count][];
        int position = 0;
        foreach (JsonElement item in data.EnumerateArray())
        {
            long index = Json.Count(item, "index") ?? position;
            if (index >= count || vectors[index] is not null)
            {
                throw _connection.Errors.Protocol("its vectors are numbered wrongly");
            }

            vectors[index] = ReadVector(item);
            position++;
        }

        return vectors;
    }

    private float[] ReadVector(JsonElement item)
    {
        float[]? vector = Json.Array(item, "embedding") is { } numbers ? EmbeddingRequest.ReadNumbers(numbers)
            : Json.String(item, "embedding") is { } text ? ReadBase64(text)
            : null;
        return vector ?? throw _connection.Errors.Protocol("a vector of it is no list of numbers");
    }

    /// <summary>Little-endian floats in base 64, which some servers send whatever was asked for.</summary>
    private static float[]? ReadBase64(string text)
    {
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (!Convert.TryFromBase64String(text, bytes, out int length) || length % sizeof(float) != 0)
        {
            return null;
        }

        float[] vector = new float[length / sizeof(float)];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
        }

        return EmbeddingRequest.IsVector(vector) ? vector : null;
    }
}
