namespace Snug.Hub;

/// <summary>Finds what interrupted downloads left behind, ours and those of other clients.</summary>
internal static class PartialFiles
{
    /// <summary>
    /// A partial file without a journal is another client's. Its lock is ours by now, but some file systems grant a lock to
    /// everybody, so a file that grew this recently is left alone.
    /// </summary>
    private static readonly TimeSpan ForeignQuietTime = TimeSpan.FromSeconds(30);

    /// <summary>
    /// On another host nobody can tell whether the writer lives; one that recorded nothing for this long is taken for dead.
    /// </summary>
    private static readonly TimeSpan RemoteQuietTime = TimeSpan.FromMinutes(2);

    /// <summary>Lists the partial files of a folder, so that looking for those of many contents reads the folder once.</summary>
    public static IReadOnlyList<string> List(string folder) => Directory.Exists(folder)
        ? Directory.GetFiles(folder, "*" + CacheLayout.PartialSuffix)
        : [];

    /// <summary>The fullest partial file of a content that no living process writes, or <see langword="null"/>.</summary>
    /// <param name="item">The content.</param>
    /// <param name="listing">The partial files of its folder, where they have been listed before; otherwise the folder is read.</param>
    public static string? FindAbandoned(TransferItem item, IReadOnlyList<string>? listing = null) => Find(item, listing).Path;

    /// <summary>How many bytes of a content could be adopted, for plans.</summary>
    public static long AdoptableBytes(TransferItem item, IReadOnlyList<string> listing) => Math.Clamp(Find(item, listing).Bytes, 0, item.Size);

    /// <summary>A number that changes while anybody makes progress on a content.</summary>
    public static long ProgressMark(TransferItem item)
    {
        long mark = 0;
        foreach (string path in Candidates(item, null))
        {
            FileInfo file = new(path);
            FileInfo journal = new(path + CacheLayout.JournalSuffix);
            mark += (file.Exists ? file.Length + file.LastWriteTimeUtc.Ticks : 0) + (journal.Exists ? journal.Length : 0);
        }

        return mark;
    }

    /// <summary>Looks at each file once: whoever finishes or adopts one meanwhile takes it away.</summary>
    private static (string? Path, long Bytes) Find(TransferItem item, IReadOnlyList<string>? listing)
    {
        string? best = null;
        long bestBytes = 0;
        long bestLength = 0;
        foreach (string path in Candidates(item, listing))
        {
            FileInfo file = new(path);
            FileInfo journal = new(path + CacheLayout.JournalSuffix);
            if (!file.Exists)
            {
                continue;
            }

            long worth;
            long bytes;
            if (journal.Exists)
            {
                if (Journal.TryReadHeader(journal.FullName) is not { } header || PartialOwner.IsAliveElsewhere(header)
                    || (header.Host != PartialOwner.Host && Age(journal) < RemoteQuietTime)
                    || header.Format != JournalHeader.CurrentFormat || header.BlockSize != BlockPool.BlockSize
                    || header.Etag != item.Etag || header.Size != item.Size)
                {
                    continue;
                }

                worth = journal.Length;
                bytes = (journal.Length - 512) / 8 * BlockPool.BlockSize;
            }
            else if (file.Length <= item.Size && Age(file) >= ForeignQuietTime)
            {
                // In journal bytes, to compare with the others.
                worth = file.Length / BlockPool.BlockSize * 8;
                bytes = file.Length;
            }
            else
            {
                continue;
            }

            if (worth > bestLength)
            {
                (best, bestBytes, bestLength) = (path, bytes, worth);
            }
        }

        return (best, bestBytes);
    }

    private static TimeSpan Age(FileInfo file) => TimeProvider.System.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc;

    private static IEnumerable<string> Candidates(TransferItem item, IReadOnlyList<string>? listing) =>
        (listing ?? List(item.PartialFolder)).Where(path =>
            Path.GetFileName(path.AsSpan()) is { } name && name.StartsWith(item.PartialStem, StringComparison.Ordinal) && name[item.PartialStem.Length] == '.');
}
