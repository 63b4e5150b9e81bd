using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>What requests for embeddings have in common, whichever way a server is asked.</summary>
internal static class EmbeddingRequest
{
    /// <exception cref="ArgumentException">A text is null.</exception>
    public static string[] Texts(IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        string[] texts = [.. values];
        return texts.Contains(null) ? throw new ArgumentException("A text is null.", nameof(values)) : texts;
    }

    public static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];

    /// <summary>Adds what the caller says beyond the protocol: additional properties, then the members of a request of its own, which win.</summary>
    public static void AddOptions(JsonObject body, EmbeddingGenerationOptions? options, IEmbeddingGenerator generator)
    {
        if (options?.Dimensions is { } dimensions)
        {
            body["dimensions"] = dimensions;
        }

        foreach ((string name, object? value) in options?.AdditionalProperties ?? [])
        {
            body[name] = ChatRequest.Node(value);
        }

        if (options?.RawRepresentationFactory?.Invoke(generator) is JsonObject raw)
        {
            foreach ((string name, JsonNode? value) in raw)
            {
                body[name] = value?.DeepClone();
            }
        }
    }

    /// <summary>Reads the numbers of a vector; <see langword="null"/> if it is none.</summary>
    public static float[]? ReadNumbers(JsonElement numbers)
    {
        float[] vector = new float[numbers.GetArrayLength()];
        int i = 0;
        foreach (JsonElement number in numbers.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out vector[i++]))
            {
                return null;
            }
        }

        return IsVector(vector) ? vector : null;
    }

    /// <summary>Whether there is a number in it, and each of them is finite.</summary>
    public static bool IsVector(float[] vector) => vector.Length > 0 && System.Array.TrueForAll(vector, float.IsFinite);

    /// <exception cref="ChatProviderException">The vectors are not all of one length.</exception>
    public static void CheckLengths(GeneratedEmbeddings<Embedding<float>> results, ProviderErrors errors)
    {
        if (results.Select(embedding => embedding.Vector.Length).Distinct().Count() > 1)
        {
            throw errors.Protocol("its vectors have different lengths");
        }
    }
}
