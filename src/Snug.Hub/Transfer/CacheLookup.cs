namespace Snug.Hub;

/// <summary>A download answered from the disk alone: offline, or while the Hub cannot be reached.</summary>
internal sealed class CacheLookup(HubSettings settings, RepositoryId id, string revision, DownloadOptions options, string? folder)
{
    private const int MaxNamed = 8;

    private readonly CacheLayout _layout = new(settings.CacheDirectory);
    private readonly CacheReader _reader = new(new CacheLayout(settings.CacheDirectory));

    /// <summary>Whether an earlier download told which commit the revision is.</summary>
    public bool KnowsCommit => _reader.FindCommit(id, revision) is not null;

    /// <summary>The snapshot, or <see langword="null"/> unless everything selected is there.</summary>
    public CachedSnapshot? Open(ProgressTracker tracker)
    {
        if (Look() is not { Missing.Count: 0 } found)
        {
            return null;
        }

        tracker.Begin(DownloadPhase.Finished, found.Commit);
        return new CachedSnapshot(id, revision, found.Commit, found.Root, found.Present);
    }

    /// <summary>The files that the stored listing of the commit selects.</summary>
    /// <exception cref="HubException">The commit or its listing is not known (<see cref="HubErrorKind.Offline"/>).</exception>
    public Selection SelectListed() =>
        _reader.FindCommit(id, revision) is { } commit && TreeCache.TryRead(_layout.Tree(id, commit)) is { } listing
            ? new Selection(id, commit, listing, options, folder)
            : throw OfflineError();

    /// <summary>Says what is missing, and what is there.</summary>
    /// <param name="file">The one file that was asked for, if it was one.</param>
    public HubException OfflineError(string? file = null)
    {
        Found? found = Look();
        string what = file ?? (folder is null ? "files" : folder + "/");
        string message = found switch
        {
            null => $"Offline mode is on, and {id} at revision '{revision}' is not in any cache: there is none of it in '{settings.CacheDirectory}'.",
            { Missing.Count: > 0 } when file is null =>
                $"Offline mode is on, and {found.Missing.Count} of {found.Missing.Count + found.Present.Count} files of {id} at revision '{revision}' "
                + $"are not in the cache: {Names(found.Missing)}.",
            _ => $"Offline mode is on, and {what} of {id} at revision '{revision}' is not in any cache.",
        };
        List<string> present = _reader.ListRevisions(id);
        List<string> advice = ["Unset HF_HUB_OFFLINE (or drop --offline) and run the same command with a connection."];
        if (found is { Damaged.Count: > 0 })
        {
            advice.Add($"Damaged, of another length than the Hub said: {Names(found.Damaged)}. 'snug cache verify --repair {id}' replaces them with a connection, 'snug cache remove {id}' clears them.");
        }

        if (found is { Present.Count: > 0 })
        {
            advice.Add($"Present at this revision: {Names(found.Present)}.");
        }
        else if (present.Count > 0)
        {
            advice.Add($"Present revisions: {Names(present)}.");
        }

        return new HubException(HubErrorKind.Offline, message)
        {
            Repository = id,
            Revision = revision,
            File = file ?? folder,
            Advice = advice,
        };
    }

    private Found? Look()
    {
        if (options.LocalDirectory is { } local)
        {
            return LookInFolder(Path.GetFullPath(local));
        }

        if (_reader.FindCommit(id, revision) is not { } commit)
        {
            return null;
        }

        string root = _layout.Snapshot(id, commit);
        if (TreeCache.TryRead(_layout.Tree(id, commit)) is { } listing)
        {
            // A file of another length than the listing tells was damaged after it had been verified, and is as good as missing.
            ILookup<FileState, string> files = new Selection(id, commit, listing, options, folder).Files
                .OrderBy(f => f.Path, CodePointComparer.Instance).ToLookup(f => StateOf(commit, f), f => f.Path);
            List<string> damaged = [.. files[FileState.Damaged]];
            List<string> missing = [.. files[FileState.Missing], .. damaged];
            missing.Sort(CodePointComparer.Instance);
            return new Found(commit, root, [.. files[FileState.Present]], missing, damaged);
        }

        // Written by a client that keeps no listings: what is there is all that is known.
        List<string> present = Select(_reader.ListFiles(id, commit));
        return present.Count > 0 ? new Found(commit, root, present, [], []) : null;
    }

    private FileState StateOf(string commit, RepositoryFile file) =>
        RealFile.LengthOf(_layout.SnapshotFile(id, commit, file.Path)) is not { } length ? FileState.Missing
        : length == file.Size ? FileState.Present : FileState.Damaged;

    private Found? LookInFolder(string root)
    {
        List<string> present = Select(CacheReader.ListFiles(root, enter: name => name != LocalMetadata.Folder));
        LocalMetadata metadata = new(root);
        string? commit = present.Select(p => metadata.TryRead(p)?.Commit).FirstOrDefault(c => c is not null);
        return commit is not null ? new Found(commit, root, present, [], []) : null;
    }

    private List<string> Select(List<string> files)
    {
        FilePatterns patterns = new(options.Include, options.Exclude);
        return files.FindAll(f => (folder is null || f.StartsWith(folder + "/", StringComparison.Ordinal)) && patterns.Selects(f));
    }

    private static string Names(List<string> names) =>
        string.Join(", ", names.Take(MaxNamed)) + (names.Count > MaxNamed ? $" and {names.Count - MaxNamed} more" : "");

    private enum FileState
    {
        Missing,
        Damaged,
        Present,
    }

    /// <param name="Commit">The commit.</param>
    /// <param name="Root">The folder of its files.</param>
    /// <param name="Present">What is there.</param>
    /// <param name="Missing">What is not, damaged files included.</param>
    /// <param name="Damaged">What is there with another length than the listing tells.</param>
    private sealed record Found(string Commit, string Root, List<string> Present, List<string> Missing, List<string> Damaged);
}
