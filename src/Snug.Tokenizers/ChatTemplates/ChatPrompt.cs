namespace Snug.Tokenizers;

/// <summary>A conversation as a model wants it written.</summary>
/// <param name="Text">The text. It is encoded without adding special tokens: the template has written them.</param>
/// <param name="Messages">
/// The part of the text of each message, in UTF-16 units; null where the template does not write messages one by one. A system message
/// that the template writes before its loop has what stands before the first message.
/// </param>
/// <param name="Generated">The parts of the text that the model generates, in UTF-16 units; empty when the template does not say.</param>
public sealed record ChatPrompt(string Text, IReadOnlyList<OffsetRange?> Messages, IReadOnlyList<OffsetRange> Generated)
{
    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
