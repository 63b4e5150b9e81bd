namespace Snug.Hub;

/// <summary>Reads one repository's folder: blobs first, then refs, then the snapshots that point at the blobs.</summary>
internal sealed class RepositoryScanner(
    RepositoryId id, string directory, bool isLinkedFolder, SharedBlobStore shared, Dictionary<string, CachedContent> elsewhere,
    List<CacheProblem> problems, CancellationToken cancellationToken)
{
    private readonly List<CacheLeftover> _leftovers = [];

    /// <summary>Reads the folder.</summary>
    public CachedRepository Scan()
    {
        if (isLinkedFolder)
        {
            problems.Add(CacheProblems.LinkedFolder(directory, id));
        }

        ReadFolderItself();
        BlobReader blobs = new(id, directory, shared, elsewhere, _leftovers, problems);
        blobs.Read();
        RefReader refs = new(id, directory, _leftovers, problems);
        refs.Read();
        List<CachedRevision> revisions = new SnapshotReader(id, directory, blobs, refs, _leftovers, problems, cancellationToken).Read();
        refs.ReportDangling(revisions);

        HashSet<CachedContent> used = [.. revisions.SelectMany(r => r.Files).Select(f => f.Content)];
        (DateTimeOffset modified, DateTimeOffset accessed) = FolderReader.TimesOf(directory);
        return new CachedRepository(id, directory)
        {
            Revisions = revisions,
            Refs = refs.Refs,
            Blobs = blobs.Sorted(),
            Partials = blobs.Partials,
            Leftovers = _leftovers,
            ContentCount = used.Count,
            SizeInBytes = used.Sum(c => c.Size),
            LastModified = used.Count > 0 ? used.Max(c => c.Modified) : modified,
            LastAccessed = used.Count > 0 ? used.Max(c => c.Accessed) : accessed,
            IsLinkedFolder = isLinkedFolder,
            BrokenBlobs = blobs.Broken,
            ForeignEntries = [.. problems.Where(p => p.Repository == id && p.Kind == CacheProblemKind.ForeignEntry).Select(p => p.Path)],
        };
    }

    private void ReadFolderItself()
    {
        foreach (DiskEntry entry in FolderReader.List(directory, id, problems))
        {
            string path = Path.Join(directory, entry.Name);
            switch (entry.Name)
            {
                case "blobs" or "refs" or "snapshots" or "trees" or ".no_exist" or CacheLayout.PrivateFolder when entry.IsFolder:
                    if (entry.IsLink)
                    {
                        problems.Add(CacheProblems.LinkedFolder(path, id));
                    }
                    else if (entry.Name == CacheLayout.PrivateFolder)
                    {
                        ReadPrivate(path);
                    }
                    else if (entry.Name == "trees")
                    {
                        LeftoverNames.Collect(path, FolderReader.TryList(path), _leftovers);
                    }

                    break;
                default:
                    if (!FolderReader.IsSystemFile(entry.Name))
                    {
                        problems.Add(CacheProblems.Foreign(path, id));
                    }

                    break;
            }
        }
    }

    private void ReadPrivate(string folder)
    {
        foreach (DiskEntry entry in FolderReader.TryList(folder).Where(e => e is { IsFolder: true, IsLink: false } && LeftoverNames.IsPrivateFolder(e.Name)))
        {
            string path = Path.Join(folder, entry.Name);
            _leftovers.Add(new CacheLeftover(path, FolderReader.SizeOf(path), FolderReader.TimesOf(path).Modified));
        }
    }
}
