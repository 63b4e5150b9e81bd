namespace Snug.Hub;

/// <summary>Answers from the cache: which commit a revision was, and which of its files are there.</summary>
internal sealed class CacheReader(CacheLayout layout)
{
    private const int MinShortCommit = 7;

    /// <summary>The commit that a revision stood for when it was last downloaded, or <see langword="null"/>.</summary>
    public string? FindCommit(RepositoryId id, string revision)
    {
        if (Revisions.IsCommit(revision))
        {
            return revision;
        }

        try
        {
            if (RefReader.TryReadCommit(layout.Ref(id, revision)) is { } commit)
            {
                return Revisions.IsCommit(commit) ? commit : null;
            }

            if (revision.Length < MinShortCommit || revision.AsSpan().ContainsAnyExcept(Hashes.HexDigits) || !Directory.Exists(layout.Snapshots(id)))
            {
                return null;
            }

            string[] matches = Directory.GetDirectories(layout.Snapshots(id), revision + "*");
            return matches.Length == 1 && Revisions.IsCommit(Path.GetFileName(matches[0].AsSpan())) ? Path.GetFileName(matches[0]) : null;
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            return null;
        }
    }

    /// <summary>The path of a file of a snapshot, or <see langword="null"/> when it is not there.</summary>
    public string? FindFile(RepositoryId id, string commit, string path)
    {
        string file = layout.SnapshotFile(id, commit, path);
        return RealFile.Exists(file) ? file : null;
    }

    /// <summary>Whether an earlier answer said that a commit has no such file.</summary>
    public bool IsKnownMissing(RepositoryId id, string commit, string path) => File.Exists(layout.NoExist(id, commit, path));

    /// <summary>The files of a snapshot that are there, as repository paths.</summary>
    public List<string> ListFiles(RepositoryId id, string commit)
    {
        string snapshot = layout.Snapshot(id, commit);
        return ListFiles(snapshot, _ => true);
    }

    /// <summary>The files beneath a folder as repository paths, sorted as the Hub sorts them.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="enter">Which first-level folders are entered.</param>
    public static List<string> ListFiles(string root, Func<string, bool> enter)
    {
        if (!Directory.Exists(root))
        {
            return [];
        }

        List<string> files = [];
        foreach (string path in Directory.EnumerateFiles(root, "*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.None,
            MaxRecursionDepth = 128,
        }))
        {
            string relative = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
            int slash = relative.IndexOf('/', StringComparison.Ordinal);
            if ((slash < 0 || enter(relative[..slash])) && RealFile.Exists(path))
            {
                files.Add(relative);
            }
        }

        files.Sort(CodePointComparer.Instance);
        return files;
    }

    /// <summary>The names under which snapshots of a repository can be had offline: refs first, then commits.</summary>
    public List<string> ListRevisions(RepositoryId id)
    {
        List<string> revisions = [];
        string refs = layout.Refs(id);
        if (Directory.Exists(refs))
        {
            revisions.AddRange(Directory.EnumerateFiles(refs, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(refs, f).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(r => FindCommit(id, r) is { } commit && Directory.Exists(layout.Snapshot(id, commit)))
                .Order(StringComparer.Ordinal));
        }

        if (Directory.Exists(layout.Snapshots(id)))
        {
            revisions.AddRange(Directory.EnumerateDirectories(layout.Snapshots(id)).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal));
        }

        return revisions;
    }
}
