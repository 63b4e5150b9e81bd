namespace Snug.Hub;

/// <summary>What a destination has of one file.</summary>
internal enum ContentState
{
    /// <summary>The content has to be transferred.</summary>
    Missing,

    /// <summary>The content is there, but not under the file's name.</summary>
    Unpublished,

    /// <summary>The file stands under its name with the right content.</summary>
    Standing,
}
