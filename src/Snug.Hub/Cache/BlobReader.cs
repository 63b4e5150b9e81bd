namespace Snug.Hub;

/// <summary>Reads a repository's blobs: files, links into the shared store, unfinished downloads.</summary>
internal sealed class BlobReader(
    RepositoryId id, string directory, SharedBlobStore shared, Dictionary<string, CachedContent> elsewhere, List<CacheLeftover> leftovers,
    List<CacheProblem> problems)
{
    private readonly string _folder = Path.Join(directory, "blobs");
    private readonly Dictionary<string, CachedBlob> _blobs = new(RealPath.Comparer);
    private readonly List<CachedPartial> _partials = [];
    private readonly List<string> _broken = [];
    private string? _realFolder;

    /// <summary>Links that lead nowhere.</summary>
    public IReadOnlyList<string> Broken => _broken;

    /// <summary>The unfinished downloads, sorted by path.</summary>
    public IReadOnlyList<CachedPartial> Partials => _partials;

    /// <summary>The blobs, sorted by name.</summary>
    public IReadOnlyList<CachedBlob> Sorted() => [.. _blobs.Values.OrderBy(b => b.Name, StringComparer.Ordinal)];

    /// <summary>Reads the folder.</summary>
    public void Read()
    {
        List<DiskEntry> entries = FolderReader.List(_folder, id, problems);
        Dictionary<string, DiskEntry> journals = entries
            .Where(e => !e.IsFolder && !e.IsLink && e.Name.EndsWith(CacheLayout.PartialSuffix + CacheLayout.JournalSuffix, StringComparison.Ordinal))
            .ToDictionary(e => e.Name[..^CacheLayout.JournalSuffix.Length], StringComparer.Ordinal);
        foreach (DiskEntry entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            string path = Path.Join(_folder, entry.Name);
            if (entry.IsFolder && !entry.IsLink)
            {
                problems.Add(CacheProblems.Foreign(path, id));
            }
            else if (entry.Name.EndsWith(CacheLayout.PartialSuffix, StringComparison.Ordinal) && !entry.IsLink)
            {
                AddPartial(entry, path, journals.Remove(entry.Name, out DiskEntry journal) ? journal : null);
            }
            else if (LeftoverNames.IsBlobHelper(entry.Name))
            {
                leftovers.Add(new CacheLeftover(path, entry.Length, entry.Modified));
            }
            else if (!IsNoBlob(entry.Name))
            {
                Add(entry, path);
            }
        }

        foreach (DiskEntry journal in journals.Values)
        {
            string path = Path.Join(_folder, journal.Name);
            _partials.Add(new CachedPartial(id, path, EtagOf(journal.Name[..^CacheLayout.JournalSuffix.Length]), journal.Length, journal.Modified, path));
            problems.Add(CacheProblems.StrayJournal(path, id));
        }
    }

    /// <summary>The blob at a path, or <see langword="null"/> when the path is not in the blobs folder or nothing usable lies there.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="isInFolder">Whether the path is one of the blobs folder.</param>
    public CachedBlob? Find(string path, out bool isInFolder)
    {
        string? folder = Path.GetDirectoryName(path);
        isInFolder = string.Equals(folder, _folder, RealPath.Comparison)
            || string.Equals(folder, _realFolder ??= RealPath.Resolve(_folder) ?? _folder, RealPath.Comparison);
        if (!isInFolder)
        {
            return null;
        }

        string name = Path.GetFileName(path);
        if (!_blobs.ContainsKey(name) && FolderReader.TryStat(Path.Join(_folder, name)) is { } late && (late.IsLink || !late.IsFolder) && !IsNoBlob(name))
        {
            // A download put it there after the folder was listed.
            Add(late, Path.Join(_folder, name));
        }

        return _blobs.GetValueOrDefault(name);
    }

    /// <summary>The content that a link of a snapshot or of the blobs folder leads to outside of them; links on the way are followed.</summary>
    public CachedContent? FindElsewhere(string path)
    {
        if (RealPath.Resolve(path) is not { } real)
        {
            return null;
        }

        if (shared.FindOrLook(real) is { } inStore)
        {
            return inStore;
        }

        if (elsewhere.TryGetValue(real, out CachedContent? known))
        {
            return known;
        }

        if (FolderReader.TryStat(real) is not { IsFolder: false, IsLink: false } entry)
        {
            return null;
        }

        CachedContent content = new(real, entry.Length, entry.Modified, entry.Accessed);
        elsewhere.Add(real, content);
        return content;
    }

    private static bool IsNoBlob(string name) =>
        FolderReader.IsSystemFile(name)
        || name.EndsWith(".lock", StringComparison.Ordinal) // of the Rust client's older versions
        || name.EndsWith(CacheLayout.PartialSuffix + CacheLayout.JournalSuffix, StringComparison.Ordinal);

    private static string EtagOf(string partialName) => LeftoverNames.WithoutRandom(partialName[..^CacheLayout.PartialSuffix.Length]);

    private void AddPartial(DiskEntry entry, string path, DiskEntry? journal)
    {
        DateTimeOffset modified = journal is { } j && j.Modified > entry.Modified ? j.Modified : entry.Modified;
        _partials.Add(new CachedPartial(
            id, path, EtagOf(entry.Name), entry.Length + (journal?.Length ?? 0), modified,
            journal is null ? null : path + CacheLayout.JournalSuffix));
    }

    private void Add(DiskEntry entry, string path)
    {
        if (!entry.IsLink)
        {
            _blobs.Add(entry.Name, new CachedBlob(entry.Name, path, new CachedContent(path, entry.Length, entry.Modified, entry.Accessed), isShared: false));
            return;
        }

        string target = FolderReader.LinkTarget(path) ?? "";
        if (shared.FindOrLook(RealPath.FollowText(_folder, target)) is { } payload)
        {
            _blobs.Add(entry.Name, new CachedBlob(entry.Name, path, payload, isShared: true));
        }
        else if (FindElsewhere(path) is { } content)
        {
            bool isShared = shared.Find(content.Path) is not null;
            _blobs.Add(entry.Name, new CachedBlob(entry.Name, path, content, isShared));
            if (!isShared)
            {
                problems.Add(CacheProblems.LinkOutside(path, target, id));
            }
        }
        else
        {
            _broken.Add(path);
            problems.Add(CacheProblems.BrokenLink(path, target, id));
        }
    }
}
