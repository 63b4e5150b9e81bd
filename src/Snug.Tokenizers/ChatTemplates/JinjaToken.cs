namespace Snug.Tokenizers;

/// <summary>A token of a template.</summary>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, TemplatePosition Position);
