namespace Snug.Cli;

/// <summary>How progress is shown.</summary>
internal enum ProgressMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>A line now and then.</summary>
    Plain,

    /// <summary>Some lines at the end of the terminal that are drawn anew ten times a second.</summary>
    Live,

    /// <summary>JSON objects, one a line.</summary>
    Json,
}
