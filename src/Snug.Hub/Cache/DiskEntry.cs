namespace Snug.Hub;

/// <summary>An entry of a folder, with what the listing itself tells; links are not followed.</summary>
internal readonly record struct DiskEntry(
    string Name, bool IsLink, bool IsFolder, long Length, DateTimeOffset Modified, DateTimeOffset Accessed);
