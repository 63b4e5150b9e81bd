namespace Snug.Hub;

/// <summary>A setting in force and where its value came from.</summary>
/// <param name="Name">What the setting is, in words: <c>cache directory</c>, <c>token</c>, …</param>
/// <param name="Value">The value as text; tokens are masked.</param>
/// <param name="Source">An option, the name of an environment variable, a file, or <c>default</c>.</param>
public sealed record ResolvedSetting(string Name, string Value, string Source);
