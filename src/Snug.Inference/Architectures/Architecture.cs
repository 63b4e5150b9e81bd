namespace Snug.Inference;

/// <summary>The architectures that can be run.</summary>
internal static class Architecture
{
    public static IReadOnlyList<string> Names { get; } =
        ["gemma2", "gemma3_text", "gpt2", "gpt_neox", "llama", "mistral", "olmo2", "phi3", "qwen2", "qwen3", "smollm3"];

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
        "llama" or "mistral" or "smollm3" => new Llama(configuration, weights, chunk),
        "qwen2" => new Qwen2(configuration, weights, chunk),
        "qwen3" => new Qwen3(configuration, weights, chunk),
        "gemma2" or "gemma3_text" => new Gemma(configuration, weights, chunk),
        "phi3" => new Phi3(configuration, weights, chunk),
        "olmo2" => new Olmo2(configuration, weights, chunk),
        "gpt_neox" => new GptNeoX(configuration, weights, chunk),
        "gpt2" => new Gpt2(configuration, weights, chunk),
        _ => throw new ModelFormatException($"'{configuration.ModelType}' is not supported; supported are {string.Join(", ", Names)}."),
    };
}
