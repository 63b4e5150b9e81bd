namespace Snug.Tokenizers;

/// <summary>A special token of a template, which may stand for several.</summary>
internal sealed record TemplateToken(string Name, int[] Ids, string[] Tokens);
