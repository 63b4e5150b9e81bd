namespace Snug.Inference;

/// <summary>The architectures that can be run.</summary>
internal static class Architecture
{
    public static IReadOnlyList<string> Names { get; } = ["gpt2", "llama", "mistral", "qwen2", "qwen3"];

    /// <summary>Puts a model together from its weights, and makes sure that none is left over.</summary>
    public static Transformer Create(ModelConfiguration configuration, WeightLoader weights, int chunk)
    {
        Transformer transformer = CreateUnchecked(configuration, weights, chunk);
        try
        {
            weights.EnsureNothingLeft();
            return transformer;
        }
        catch
        {
            transformer.Dispose();
            throw;
        }
    }

    private static Transformer CreateUnchecked(ModelConfiguration configuration, WeightLoader weights, int chunk) => configuration.ModelType switch
    {
        "llama" or "mistral" => new Llama(configuration, weights, chunk),
        "qwen2" => new Qwen2(configuration, weights, chunk),
        "qwen3" => new Qwen3(configuration, weights, chunk),
        "gpt2" => new Gpt2(configuration, weights, chunk),
        _ => throw new ModelFormatException($"'{configuration.ModelType}' is not supported; supported are {string.Join(", ", Names)}."),
    };
}
