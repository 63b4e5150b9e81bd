namespace Snug.Tokenizers;

/// <summary>A part of a text, in bytes.</summary>
internal readonly record struct TextPart(int Start, int End, bool IsMatch);
