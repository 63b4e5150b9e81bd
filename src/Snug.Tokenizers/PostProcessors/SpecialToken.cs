namespace Snug.Tokenizers;

/// <summary>A token that a post-processor adds.</summary>
internal readonly record struct SpecialToken(string Text, int Id);
