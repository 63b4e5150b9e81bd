namespace Snug.Hub;

/// <summary>Finds what interrupted downloads left behind, ours and those of other clients.</summary>
internal static class PartialFiles
{
    /// <summary>
    /// A partial file without a journal is another client's. Its lock is ours by now, but some file systems grant a lock to
    /// everybody, so a file that grew this recently is left alone.
    /// </summary>
    private static readonly TimeSpan ForeignQuietTime = TimeSpan.FromSeconds(30);

    /// <summary>The fullest partial file of a content that no living process writes, or <see langword="null"/>.</summary>
    public static string? FindAbandoned(TransferItem item)
    {
        string? best = null;
        long bestLength = 0;
        foreach (string path in Candidates(item))
        {
            FileInfo file = new(path);
            FileInfo journal = new(path + CacheLayout.JournalSuffix);
            if (!file.Exists)
            {
                continue;
            }

            long worth;
            if (journal.Exists)
            {
                if (Journal.TryReadHeader(journal.FullName) is not { } header || PartialOwner.IsAliveElsewhere(header)
                    || header.Format != JournalHeader.CurrentFormat || header.BlockSize != BlockPool.BlockSize
                    || header.Etag != item.Etag || header.Size != item.Size)
                {
                    continue;
                }

                worth = journal.Length;
            }
            else if (file.Length <= item.Size && TimeProvider.System.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc >= ForeignQuietTime)
            {
                // In journal bytes, to compare with the others.
                worth = file.Length / BlockPool.BlockSize * 8;
            }
            else
            {
                continue;
            }

            if (worth > bestLength)
            {
                (best, bestLength) = (path, worth);
            }
        }

        return best;
    }

    /// <summary>How many bytes of a content could be adopted, for plans.</summary>
    public static long AdoptableBytes(TransferItem item)
    {
        if (FindAbandoned(item) is not { } path)
        {
            return 0;
        }

        FileInfo journal = new(path + CacheLayout.JournalSuffix);
        long bytes = journal.Exists ? (journal.Length - 512) / 8 * BlockPool.BlockSize : new FileInfo(path).Length;
        return Math.Clamp(bytes, 0, item.Size);
    }

    /// <summary>A number that changes while anybody makes progress on a content.</summary>
    public static long ProgressMark(TransferItem item)
    {
        long mark = 0;
        foreach (string path in Candidates(item))
        {
            FileInfo file = new(path);
            FileInfo journal = new(path + CacheLayout.JournalSuffix);
            mark += (file.Exists ? file.Length + file.LastWriteTimeUtc.Ticks : 0) + (journal.Exists ? journal.Length : 0);
        }

        return mark;
    }

    private static IEnumerable<string> Candidates(TransferItem item) => Directory.Exists(item.PartialFolder)
        ? Directory.EnumerateFiles(item.PartialFolder, item.PartialStem + ".*" + CacheLayout.PartialSuffix)
            .Append(Path.Join(item.PartialFolder, item.PartialStem + CacheLayout.PartialSuffix))
            .Distinct(StringComparer.Ordinal)
        : [];
}
