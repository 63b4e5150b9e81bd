namespace Snug.Tokenizers;

/// <summary>What stands for a variable that is not there: prints as nothing, is false and empty, and refuses all else.</summary>
internal sealed record JinjaUndefined(string Name);
