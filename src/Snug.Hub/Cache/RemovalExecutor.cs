using Microsoft.Extensions.Logging;

namespace Snug.Hub;

/// <summary>
/// Carries out a removal plan. Per repository: first what points (refs, entries), then what is pointed at, under the locks that
/// downloads take. Interrupted anywhere, it leaves unused blobs at worst, which prune removes.
/// </summary>
internal sealed partial class RemovalExecutor(CacheLayout layout, ILogger logger)
{
    // Every held lock is an open file.
    private const int BlobsAtOnce = 256;

    private readonly List<CacheProblem> _problems = [];
    private long _freed;
    private int _removed;

    /// <summary>Removes the items.</summary>
    public CacheRemovalResult Execute(CacheRemovalPlan plan, CancellationToken cancellationToken)
    {
        foreach (IGrouping<RepositoryId?, CacheRemovalItem> group in plan.Items.GroupBy(i => i.Repository))
        {
            CacheRemovalItem[] blobs = [.. group.Where(i => i.Kind == CacheRemovalKind.Blob)];
            foreach (CacheRemovalItem item in group.Where(i => i.Kind < CacheRemovalKind.Blob))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Remove(item);
            }

            foreach (CacheRemovalItem[] batch in blobs.Chunk(BlobsAtOnce))
            {
                cancellationToken.ThrowIfCancellationRequested();
                RemoveBlobs(group.Key!, batch);
            }

            foreach (CacheRemovalItem item in group.Where(i => i.Kind > CacheRemovalKind.Blob))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Remove(item);
            }
        }

        LogRemoved(logger, plan.Directory, _removed, _freed);
        return new CacheRemovalResult(_freed, _removed, _problems);
    }

    private void Remove(CacheRemovalItem item)
    {
        if (!RemovalGuard.IsReal(layout.Root, item.Path))
        {
            Failed(item, "a link on the way leads out of the cache");
            return;
        }

        try
        {
            string? refusal = item.Kind switch
            {
                CacheRemovalKind.Snapshot => RemoveSnapshot(item),
                CacheRemovalKind.SnapshotEntry => RemoveEntry(item),
                CacheRemovalKind.Blob => RemoveIfSame(item),
                CacheRemovalKind.SharedBlob => SharedManifest.Sweep(layout.Root, item.Path, item.EvenWithoutList),
                CacheRemovalKind.Partial => RemovePartial(item),
                CacheRemovalKind.RepositoryFolder => RemoveFolder(item),
                _ => RemoveAnyway(item),
            };
            if (refusal is null)
            {
                _freed += item.SizeInBytes;
                _removed++;
            }
            else
            {
                Failed(item, refusal);
            }
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            Failed(item, e.Message);
        }
    }

    private static string? RemoveAnyway(CacheRemovalItem item)
    {
        RemovalGuard.Delete(item.Path);
        return null;
    }

    /// <summary>Takes a snapshot out of sight in one step, so that an interruption does not leave half of one.</summary>
    private string? RemoveSnapshot(CacheRemovalItem item)
    {
        if (FolderReader.TryStat(item.Path) is not { IsFolder: true, IsLink: false })
        {
            return RemoveAnyway(item);
        }

        string hidden = Path.Join(layout.Private(item.Repository!), LeftoverNames.RemovedPrefix + AtomicFile.RandomSuffix());
        string doomed = item.Path;
        if (RemovalGuard.IsReal(layout.Root, hidden))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(hidden)!);
            try
            {
                Directory.Move(item.Path, hidden);
                doomed = hidden;
            }
            catch (IOException)
            {
                // A file of it is open on Windows; what can go, goes.
            }
        }

        RemovalGuard.Delete(doomed);
        RemovalGuard.TryDeleteEmpty(Path.GetDirectoryName(hidden)!);
        return null;
    }

    private static string? RemoveEntry(CacheRemovalItem item)
    {
        // A download may have mended it since: a link that led nowhere leads to a file, or other bytes lie behind it.
        if (item.LinkTarget is not null && RealFile.Exists(item.Path) && RealPath.Resolve(item.Path) is { } real
            && FolderReader.TryStat(real)?.Modified != item.Modified)
        {
            return "it has been mended meanwhile";
        }

        // Folders that are empty now stay: a download may be about to put the file back.
        return RemoveIfSame(item);
    }

    private static string? RemoveIfSame(CacheRemovalItem item)
    {
        if (FolderReader.TryStat(item.Path) is not { } entry)
        {
            return null;
        }

        bool same = item.LinkTarget is { } target
            ? FolderReader.LinkTarget(item.Path) == target
            : !entry.IsLink && entry.Modified == item.Modified;
        if (!same)
        {
            return "it has changed meanwhile";
        }

        File.Delete(item.Path);
        return null;
    }

    private string? RemovePartial(CacheRemovalItem item)
    {
        using FileLock? held = FileLock.TryAcquire(layout.Lock(item.Repository!, item.Etag!));
        if (held is null)
        {
            return "it is being downloaded";
        }

        string journal = item.Path.EndsWith(CacheLayout.JournalSuffix, StringComparison.Ordinal) ? item.Path : item.Path + CacheLayout.JournalSuffix;
        DateTimeOffset? changed = new[] { FolderReader.TryStat(item.Path)?.Modified, FolderReader.TryStat(journal)?.Modified }.Max();
        if ((changed is { } time && time != item.Modified)
            || (Journal.TryReadHeader(journal) is { } header && PartialOwner.IsAliveElsewhere(header)))
        {
            return "it is being downloaded";
        }

        // The content first: a journal alone is swept away by the next prune.
        File.Delete(item.Path);
        File.Delete(journal);
        return null;
    }

    private static string? RemoveFolder(CacheRemovalItem item)
    {
        RemovalGuard.DeleteEmptyFolders(item.Path);
        return FolderReader.TryStat(item.Path) is null ? null : "it is not empty";
    }

    /// <summary>Removes blobs whose locks are free, after making sure that still no snapshot points at them.</summary>
    private void RemoveBlobs(RepositoryId id, CacheRemovalItem[] batch)
    {
        List<(CacheRemovalItem Item, FileLock Lock)> held = [];
        try
        {
            // In the order of their names, as everybody who holds several has to.
            foreach (CacheRemovalItem item in batch.OrderBy(i => i.Etag, StringComparer.Ordinal))
            {
                if (TryLock(id, item) is { } fileLock)
                {
                    held.Add((item, fileLock));
                }
            }

            HashSet<string> used = BlobsInUse(id);
            foreach ((CacheRemovalItem item, _) in held)
            {
                if (used.Contains(item.Etag!))
                {
                    Failed(item, "a snapshot uses it");
                }
                else
                {
                    Remove(item);
                }
            }
        }
        finally
        {
            foreach ((_, FileLock fileLock) in held)
            {
                fileLock.Dispose();
            }
        }
    }

    private FileLock? TryLock(RepositoryId id, CacheRemovalItem item)
    {
        try
        {
            if (FileLock.TryAcquire(layout.Lock(id, item.Etag!)) is { } fileLock)
            {
                return fileLock;
            }

            Failed(item, "it is being downloaded");
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            Failed(item, $"its lock cannot be taken ({e.Message})");
        }

        return null;
    }

    private HashSet<string> BlobsInUse(RepositoryId id)
    {
        HashSet<string> used = new(RealPath.Comparer);
        Stack<string> pending = new([layout.Snapshots(id)]);
        while (pending.TryPop(out string? folder))
        {
            foreach (DiskEntry entry in FolderReader.TryList(folder))
            {
                string path = Path.Join(folder, entry.Name);
                if (entry is { IsFolder: true, IsLink: false })
                {
                    pending.Push(path);
                }
                else if (entry.IsLink && FolderReader.LinkTarget(path) is { } target)
                {
                    used.Add(Path.GetFileName(target));
                }
            }
        }

        return used;
    }

    private void Failed(CacheRemovalItem item, string reason)
    {
        _problems.Add(CacheProblems.NotRemoved(item.Path, item.Repository, reason));
        LogKept(logger, item.Path, reason);
    }

    [LoggerMessage(40, LogLevel.Information, "huggingface: {Removed} items removed from the cache {Directory}, {Freed} bytes freed")]
    private static partial void LogRemoved(ILogger logger, string directory, int removed, long freed);

    [LoggerMessage(41, LogLevel.Warning, "huggingface: {Path} was not removed from the cache: {Reason}")]
    private static partial void LogKept(ILogger logger, string path, string reason);
}
