namespace Snug.Cli;

/// <summary>Where somebody stands with a step.</summary>
internal enum StepState
{
    Done,

    /// <summary>Nothing of what was asked for needs it.</summary>
    NotNeeded,

    /// <summary>The first step that is left: the position.</summary>
    Current,

    Todo,
}
