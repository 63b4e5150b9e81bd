namespace Snug.Hub;

/// <summary>Reads a repository's refs.</summary>
internal sealed class RefReader(RepositoryId id, string directory, List<CacheLeftover> leftovers, List<CacheProblem> problems)
{
    // A commit with a line end, and room to tell longer garbage apart.
    private const int MaxLength = 256;

    private readonly Dictionary<string, string> _refs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _byCommit = new(StringComparer.Ordinal);

    /// <summary>The refs that hold a commit.</summary>
    public IReadOnlyDictionary<string, string> Refs => _refs;

    /// <summary>The commit that a ref file holds, or <see langword="null"/> when it is missing, unreadable or holds something else.</summary>
    public static string? TryReadCommit(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            Span<byte> bytes = stackalloc byte[MaxLength];
            int length = stream.ReadAtLeast(bytes, MaxLength, throwOnEndOfStream: false);
            string text = System.Text.Encoding.UTF8.GetString(bytes[..length]).Trim();
            return IsSnapshotName(text) ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The refs that point at a commit, sorted.</summary>
    public IReadOnlyList<string> PointingAt(string commit) => _byCommit.GetValueOrDefault(commit) ?? [];

    /// <summary>Reads the folder.</summary>
    public void Read()
    {
        string root = Path.Join(directory, "refs");
        Stack<string> pending = new([""]);
        while (pending.TryPop(out string? folder))
        {
            List<DiskEntry> entries = FolderReader.List(Path.Join(root, CacheLayout.ToLocal(folder)), id, problems);
            LeftoverNames.Collect(Path.Join(root, CacheLayout.ToLocal(folder)), entries, leftovers);
            foreach (DiskEntry entry in entries)
            {
                string name = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
                string path = Path.Join(root, CacheLayout.ToLocal(name));
                if (entry.IsFolder && entry.IsLink)
                {
                    problems.Add(CacheProblems.LinkedFolder(path, id));
                }
                else if (entry.IsFolder)
                {
                    pending.Push(name);
                }
                else if (!FolderReader.IsSystemFile(entry.Name) && !LeftoverNames.IsTemporary(entry.Name))
                {
                    Add(name, path);
                }
            }
        }

        foreach (List<string> names in _byCommit.Values)
        {
            names.Sort(StringComparer.Ordinal);
        }
    }

    /// <summary>Reports the refs that point at none of the revisions.</summary>
    public void ReportDangling(IReadOnlyList<CachedRevision> revisions)
    {
        HashSet<string> present = [.. revisions.Select(r => r.Commit)];
        foreach ((string name, string commit) in _refs.Where(r => !present.Contains(r.Value)))
        {
            string path = Path.Join(directory, "refs", CacheLayout.ToLocal(name));
            problems.Add(CacheProblems.DanglingRef(path, name, commit, id));
        }
    }

    // Other clients name snapshots after other things than commits; all they have in common is to be a plain name.
    private static bool IsSnapshotName(string text) =>
        Revisions.IsCommit(text) || (text.Length is > 0 and < 128 && RepositoryPath.FindProblem(text) is null
            && !text.AsSpan().ContainsAny("/ \t\r\n"));

    private void Add(string name, string path)
    {
        if (TryReadCommit(path) is not { } commit)
        {
            problems.Add(CacheProblems.InvalidRef(path, name, id));
            return;
        }

        _refs[name] = commit;
        if (!_byCommit.TryGetValue(commit, out List<string>? names))
        {
            _byCommit[commit] = names = [];
        }

        names.Add(name);
    }
}
