namespace Snug.Server;

/// <summary>What is known about a path that a commit's tree does not have.</summary>
public enum FileAbsence
{
    /// <summary>The commit has no such file.</summary>
    Missing,

    /// <summary>This server does not hold the file; whether it exists cannot be said.</summary>
    Unknown,
}
