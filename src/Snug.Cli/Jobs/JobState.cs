namespace Snug.Cli;

/// <summary>How far a job is.</summary>
internal enum JobState
{
    /// <summary>Its process has not reported yet.</summary>
    Starting,

    /// <summary>It works.</summary>
    Running,

    /// <summary>It ended with what was asked for.</summary>
    Done,

    /// <summary>It ended without; the exit code says why.</summary>
    Failed,

    /// <summary>It was asked to end.</summary>
    Cancelled,

    /// <summary>Its process is gone and did not say how it ended: it was killed, or the machine went down.</summary>
    Lost,
}
