namespace Snug.Hub;

/// <summary>
/// Questions about a file behind links. The system's own answers concern the link: one that leads nowhere exists, and its
/// length is that of its target's name.
/// </summary>
internal static class RealFile
{
    /// <summary>The length of the file at a path, links followed, or <see langword="null"/> when there is no file.</summary>
    public static long? LengthOf(string path)
    {
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                return null;
            }

            if (file.LinkTarget is null)
            {
                return file.Length;
            }

            return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true, LinkTarget: null } target ? target.Length : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A circle of links, or a folder that may not be entered.
            return null;
        }
    }

    /// <summary>Whether a path leads to a file.</summary>
    public static bool Exists(string path) => LengthOf(path) is not null;
}
