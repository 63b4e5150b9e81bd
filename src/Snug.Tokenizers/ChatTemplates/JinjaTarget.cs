namespace Snug.Tokenizers;

/// <summary>What a value is assigned to: a name, an attribute of a namespace, or several names.</summary>
internal sealed record JinjaTarget(string Name, string? Attribute, IReadOnlyList<JinjaTarget>? Items, TemplatePosition Position);
