namespace Snug.Inference;

/// <summary>The architectures that can be run.</summary>
internal static class Architecture
{
    public static IReadOnlyList<string> Names { get; } = ["gpt2", "llama", "mistral", "qwen2", "qwen3"];

    public static Transformer Create(ModelConfiguration configuration, WeightLoader weights, int chunk) => configuration.ModelType switch
    {
        "llama" or "mistral" => new Llama(configuration, weights, chunk),
        _ => throw new ModelFormatException($"'{configuration.ModelType}' is not supported; supported are {string.Join(", ", Names)}."),
    };
}
