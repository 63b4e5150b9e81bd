namespace Snug.Hub;

/// <summary>
/// Tells downloads that run from those that died. Locks and the journals' owners prove that one runs; where they prove nothing
/// (other machines, other clients on file systems that grant every lock to everybody) the time of the last change decides.
/// </summary>
internal sealed class LiveDownloads(CacheLayout layout, TimeProvider time)
{
    /// <summary>Whatever changed within this time may belong to a download that is between two steps.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromMinutes(2);

    /// <summary>Why a partial file may belong to a running download, or <see langword="null"/> when it is abandoned.</summary>
    /// <param name="partial">The partial file.</param>
    /// <param name="quiet">How long nothing must have happened where nothing else can be known.</param>
    public string? ReasonToSpare(CachedPartial partial, TimeSpan quiet)
    {
        JournalHeader? header = partial.JournalPath is { } journal ? Journal.TryReadHeader(journal) : null;
        if (header is not null && PartialOwner.IsAliveElsewhere(header))
        {
            return $"process {header.Pid} is downloading it";
        }

        if (FileLock.IsHeld(layout.Lock(partial.Repository, partial.Etag)))
        {
            return "it is being downloaded";
        }

        bool ownerIsDead = header is not null && header.Host == PartialOwner.Host && header.Pid != PartialOwner.Pid;
        TimeSpan needed = ownerIsDead ? TimeSpan.Zero
            : partial.IsStrayJournal || header?.Host == PartialOwner.Host ? Settled
            : quiet;
        return IsYoung(partial.LastModified, needed) ? Ago(partial.LastModified) : null;
    }

    /// <summary>Why a repository may be in the middle of a download, or <see langword="null"/> when it is not.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="quiet">How long nothing must have happened where nothing else can be known.</param>
    public string? ReasonBusy(CachedRepository repository, TimeSpan quiet)
    {
        foreach (CachedPartial partial in repository.Partials)
        {
            if (!partial.IsStrayJournal && ReasonToSpare(partial, quiet) is not null)
            {
                return "a file of the repository is being downloaded";
            }
        }

        foreach (CacheLeftover leftover in repository.Leftovers)
        {
            if (IsYoung(leftover.LastModified, Settled))
            {
                return "a download changed the repository a moment ago";
            }
        }

        string locks = Path.Join(layout.Root, CacheLayout.LocksFolder, CacheLayout.FolderName(repository.Id));
        return FolderReader.TryList(locks).Any(e => !e.IsFolder && FileLock.IsHeld(Path.Join(locks, e.Name)))
            ? "a process holds a lock of the repository"
            : null;
    }

    /// <summary>Whether something changed so lately that it may belong to a running download.</summary>
    public bool IsYoung(DateTimeOffset modified, TimeSpan quiet) => time.GetUtcNow() - modified < quiet;

    /// <summary>When something changed, in words.</summary>
    public string Ago(DateTimeOffset modified)
    {
        TimeSpan age = time.GetUtcNow() - modified;
        return age < TimeSpan.FromMinutes(1) ? "it changed less than a minute ago"
            : age < TimeSpan.FromHours(2) ? $"it changed {(int)age.TotalMinutes} minutes ago"
            : $"it changed {(int)age.TotalHours} hours ago";
    }
}
