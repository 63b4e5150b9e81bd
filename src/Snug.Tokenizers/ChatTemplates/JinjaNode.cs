namespace Snug.Tokenizers;

/// <summary>A part of a parsed template.</summary>
internal abstract record JinjaNode(TemplatePosition Position);
