namespace Snug.Hub;

/// <summary>Reads a repository's snapshots.</summary>
internal sealed class SnapshotReader(
    RepositoryId id, string directory, BlobReader blobs, RefReader refs, List<CacheLeftover> leftovers, List<CacheProblem> problems,
    CancellationToken cancellationToken)
{
    private readonly string _folder = Path.Join(directory, "snapshots");

    /// <summary>Reads every revision, sorted by commit.</summary>
    public List<CachedRevision> Read()
    {
        List<CachedRevision> revisions = [];
        foreach (DiskEntry entry in FolderReader.List(_folder, id, problems).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = Path.Join(_folder, entry.Name);
            if (entry.IsFolder)
            {
                revisions.Add(ReadRevision(entry.Name, path, entry.IsLink));
            }
            else if (!FolderReader.IsSystemFile(entry.Name))
            {
                problems.Add(CacheProblems.Foreign(path, id));
            }
        }

        return revisions;
    }

    private CachedRevision ReadRevision(string commit, string root, bool isLink)
    {
        // Links in a linked folder are relative to where the folder really lies.
        string realRoot = root;
        if (isLink)
        {
            problems.Add(CacheProblems.LinkedFolder(root, id));
            realRoot = RealPath.Resolve(root) ?? root;
        }

        List<CachedFile> files = [];
        List<string> broken = [];
        HashSet<string>? listed = null;
        Stack<string> pending = new([""]);
        while (pending.TryPop(out string? folder))
        {
            string local = CacheLayout.ToLocal(folder);
            string place = Path.Join(root, local);
            foreach (DiskEntry entry in FolderReader.List(place, id, problems))
            {
                string name = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
                string path = Path.Join(place, entry.Name);
                if (entry is { IsFolder: true, IsLink: false })
                {
                    pending.Push(name);
                }
                else if (entry.IsFolder && !PointsAtBlob(path, Path.Join(realRoot, local)))
                {
                    problems.Add(CacheProblems.LinkedFolder(path, id));
                }
                else if (LeftoverNames.IsTemporary(entry.Name) && !(listed ??= ReadListing(commit)).Contains(name))
                {
                    leftovers.Add(new CacheLeftover(path, entry.Length, entry.Modified));
                }
                else if (ReadEntry(entry, name, path, Path.Join(realRoot, local)) is { } file)
                {
                    files.Add(file);
                }
                else
                {
                    broken.Add(name);
                }
            }
        }

        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        broken.Sort(StringComparer.Ordinal);
        HashSet<CachedContent> contents = [.. files.Select(f => f.Content)];
        (DateTimeOffset modified, DateTimeOffset accessed) = FolderReader.TimesOf(root);
        return new CachedRevision(
            id, commit, root, refs.PointingAt(commit), files, contents.Sum(c => c.Size),
            contents.Count > 0 ? contents.Max(c => c.Modified) : modified,
            contents.Count > 0 ? contents.Max(c => c.Accessed) : accessed)
        {
            IsLinkedFolder = isLink,
            BrokenFiles = broken,
        };
    }

    private bool PointsAtBlob(string path, string realFolder)
    {
        blobs.Find(RealPath.FollowText(realFolder, FolderReader.LinkTarget(path) ?? ""), out bool isInFolder);
        return isInFolder;
    }

    private CachedFile? ReadEntry(DiskEntry entry, string name, string path, string realFolder)
    {
        if (!entry.IsLink)
        {
            return new CachedFile(name, path, null, new CachedContent(path, entry.Length, entry.Modified, entry.Accessed) { IsReferenced = true });
        }

        string target = FolderReader.LinkTarget(path) ?? "";
        string direct = RealPath.FollowText(realFolder, target);
        CachedBlob? blob = blobs.Find(direct, out bool isInFolder);
        if (blob is null && !isInFolder && RealPath.Resolve(direct) is { } real)
        {
            blob = blobs.Find(real, out _);
        }

        if (blob is not null)
        {
            blob.IsReferenced = true;
            blob.Content.IsReferenced = true;
            return new CachedFile(name, path, blob, blob.Content);
        }

        if (blobs.FindElsewhere(direct) is { } content)
        {
            problems.Add(CacheProblems.LinkOutside(path, target, id));
            content.IsReferenced = true;
            return new CachedFile(name, path, null, content);
        }

        problems.Add(CacheProblems.BrokenLink(path, target, id));
        return null;
    }

    private HashSet<string> ReadListing(string commit) =>
        TreeCache.TryRead(Path.Join(directory, "trees", commit + ".json")) is { } listing ? [.. listing.Select(f => f.Path)] : [];
}
