namespace Snug.Tokenizers;

/// <summary>A place in a template, from 1.</summary>
internal readonly record struct TemplatePosition(int Line, int Column);
