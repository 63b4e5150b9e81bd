namespace Snug.Server;

/// <summary>A line of a tree listing: a file or a folder.</summary>
public sealed class HostedEntry
{
    internal HostedEntry(string path, string objectId, HostedFile? file)
    {
        Path = path;
        ObjectId = objectId;
        File = file;
    }

    /// <summary>The path inside the repository.</summary>
    public string Path { get; }

    /// <summary>The git id: of the blob or pointer for a file, of the tree for a folder.</summary>
    public string ObjectId { get; }

    /// <summary>The file, or <see langword="null"/> for a folder.</summary>
    public HostedFile? File { get; }

    /// <summary>The commit that brought this content to this path, where the history is known.</summary>
    internal HostedCommit? LastCommit { get; set; }

    /// <summary>Whether the entry lies directly in a folder (empty text for the root).</summary>
    internal bool IsChildOf(string folder)
    {
        int slash = Path.LastIndexOf('/');
        return slash < 0
            ? folder.Length == 0
            : slash == folder.Length && Path.StartsWith(folder, StringComparison.Ordinal);
    }

    /// <summary>Whether the entry lies in a folder or deeper (empty text for the root).</summary>
    internal bool IsUnder(string folder) =>
        folder.Length == 0
        || (Path.Length > folder.Length && Path[folder.Length] == '/' && Path.StartsWith(folder, StringComparison.Ordinal));
}
