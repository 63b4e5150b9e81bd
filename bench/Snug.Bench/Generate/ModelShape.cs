namespace Snug.Bench;

/// <summary>Dimensions of a Llama model; speed does not depend on what the weights are.</summary>
internal sealed record ModelShape(string Name, int Hidden, int Inner, int Layers, int Heads, int KeyHeads, int Vocabulary)
{
    public static IReadOnlyList<ModelShape> All { get; } =
    [
        new("135M", 576, 1536, 30, 9, 3, 49152),
        new("0.5B", 896, 4864, 24, 14, 2, 151936),
        new("1B", 2048, 8192, 16, 32, 8, 128256),
    ];

    public int HeadSize => Hidden / Heads;
}
