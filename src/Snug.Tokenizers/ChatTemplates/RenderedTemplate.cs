namespace Snug.Tokenizers;

/// <summary>What a chat template gives.</summary>
/// <param name="Text">The text.</param>
/// <param name="Generated">The parts of the text that the model generates, in UTF-16 units; empty when the template does not say.</param>
public sealed record RenderedTemplate(string Text, IReadOnlyList<OffsetRange> Generated)
{
    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
