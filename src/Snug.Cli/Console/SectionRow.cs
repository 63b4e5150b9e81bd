namespace Snug.Cli;

/// <summary>A name with its value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
/// <param name="Note">What stands behind the value, such as where it came from.</param>
internal sealed record SectionRow(string Name, string Value, string? Note = null);
