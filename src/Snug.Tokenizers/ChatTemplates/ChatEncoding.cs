namespace Snug.Tokenizers;

/// <summary>A conversation as the tokens that a model wants.</summary>
/// <param name="Prompt">The text.</param>
/// <param name="Encoding">Its tokens.</param>
/// <param name="Messages">The tokens of each message: those that start in its part of the text; null where that is not known.</param>
/// <param name="AssistantMask">1 for tokens that the model generates, as the template's generation blocks say, else 0.</param>
public sealed record ChatEncoding(ChatPrompt Prompt, Encoding Encoding, IReadOnlyList<OffsetRange?> Messages, IReadOnlyList<int> AssistantMask);
