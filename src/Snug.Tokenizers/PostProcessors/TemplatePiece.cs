namespace Snug.Tokenizers;

/// <summary>A part of a template: a text (<see cref="Sequence"/> 0 or 1) or a special token.</summary>
/// <param name="Sequence">The text, or -1.</param>
/// <param name="Token">The special token, or null.</param>
/// <param name="TypeId">The segment of its tokens.</param>
internal sealed record TemplatePiece(int Sequence, TemplateToken? Token, int TypeId);
