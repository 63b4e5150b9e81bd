namespace Snug.Cli;

/// <summary>How far a stage or a model of a project is.</summary>
internal enum ItemState
{
    /// <summary>Done, or present and whole.</summary>
    Done,

    /// <summary>Not done yet; nothing stands in its way.</summary>
    Todo,

    /// <summary>Waits for a token or for somebody's permission; a set-up goes on without it.</summary>
    Deferred,

    /// <summary>It was tried, and its command failed.</summary>
    Failed,

    /// <summary>It cannot be had, and no token would change that.</summary>
    Blocked,
}
