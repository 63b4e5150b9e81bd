namespace Snug.Cli;

/// <summary>What is remembered of a model that was downloaded into a folder of the project, where no cache keeps account of it.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Files">The length of each file in bytes, by its path in the folder.</param>
internal sealed record ModelRecord(string Commit, IReadOnlyDictionary<string, long> Files);
