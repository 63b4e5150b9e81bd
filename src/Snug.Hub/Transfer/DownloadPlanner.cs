namespace Snug.Hub;

/// <summary>
/// Compares the files selected with what a destination has, and publishes them as their contents become available. Contents
/// shared by several files count once.
/// </summary>
internal sealed class DownloadPlanner
{
    private readonly DownloadDestination _destination;
    private readonly IReadOnlyList<RepositoryFile> _files;
    private readonly List<(List<RepositoryFile> Files, ContentState State)> _present = [];
    private readonly Dictionary<string, List<RepositoryFile>> _missing = new(StringComparer.Ordinal);
    private readonly List<TransferItem> _items = [];
    private ProgressTracker? _tracker;

    public DownloadPlanner(DownloadDestination destination, IReadOnlyList<RepositoryFile> files, bool force)
    {
        _destination = destination;
        _files = files;
        foreach (IGrouping<string, RepositoryFile> group in files.GroupBy(destination.ContentKey, StringComparer.Ordinal))
        {
            List<RepositoryFile> same = [.. group];
            ContentState state = force ? ContentState.Missing : same.Min(destination.StateOf);
            if (state != ContentState.Missing)
            {
                _present.Add((same, state));
                continue;
            }

            TransferItem item = destination.ItemFor(same[0]);
            _items.Add(force ? item with { Force = true } : item);
            _missing.Add(item.FinalPath, same);
        }
    }

    /// <summary>The contents to transfer.</summary>
    public IReadOnlyList<TransferItem> Items => _items;

    /// <summary>How many files wait for a transfer.</summary>
    public int MissingFiles => _missing.Values.Sum(f => f.Count);

    /// <summary>Lets everything appear whose content is there.</summary>
    public void PublishPresent(ProgressTracker tracker)
    {
        _tracker = tracker;
        tracker.SetTotals(_files.Count, _files.Sum(f => f.Size), _present.Sum(p => p.Files.Count), _present.Sum(p => p.Files.Sum(f => f.Size)));
        foreach ((List<RepositoryFile> files, ContentState state) in _present)
        {
            if (state == ContentState.Standing)
            {
                _destination.Keep(files);
            }
            else
            {
                _destination.Publish(files, isNew: false);
            }

            foreach (RepositoryFile file in files)
            {
                tracker.File(file.Path, DownloadFileState.Present, file.Size, file.Size);
            }
        }
    }

    /// <summary>Lets a content appear that has just been transferred.</summary>
    public void Published(TransferItem item)
    {
        List<RepositoryFile> files = _missing[item.FinalPath];
        _destination.Publish(files, isNew: true);
        _tracker?.Completed(item.Path, item.Size, files.Count, files.Sum(f => f.Size));
    }

    /// <summary>Throws when what is to be transferred does not fit on the disk.</summary>
    public void RequireRoom()
    {
        long bytes = AdoptableBytes().Sum(found => found.Item.Size - found.Bytes);
        if (FreeBytesOf(_destination.Volume) is { } free && bytes > free)
        {
            throw StorageErrors.TooLarge(_destination.Repository, _destination.Volume, bytes, free);
        }
    }

    /// <summary>The plan in the form for callers.</summary>
    public DownloadPlan ToPlan(string revision)
    {
        Dictionary<string, PlannedFile> planned = new(StringComparer.Ordinal);
        foreach (RepositoryFile file in _present.SelectMany(p => p.Files))
        {
            planned[file.Path] = new PlannedFile(file.Path, file.Size, file.Etag, PlannedFileState.Present, 0);
        }

        foreach ((TransferItem item, long adoptable) in AdoptableBytes())
        {
            PlannedFileState state = adoptable > 0 ? PlannedFileState.Partial : PlannedFileState.Missing;
            foreach (RepositoryFile file in _missing[item.FinalPath])
            {
                long bytes = file.Path == item.Path ? item.Size - adoptable : 0;
                planned[file.Path] = new PlannedFile(file.Path, file.Size, file.Etag, state, bytes);
            }
        }

        return new DownloadPlan(
            _destination.Repository, revision, _destination.Commit, _destination.Root, [.. _files.Select(f => planned[f.Path])])
        {
            FreeBytes = FreeBytesOf(_destination.Volume),
        };
    }

    /// <summary>What earlier downloads left of the contents to transfer.</summary>
    private IEnumerable<(TransferItem Item, long Bytes)> AdoptableBytes()
    {
        Dictionary<string, IReadOnlyList<string>> listings = new(StringComparer.Ordinal);
        foreach (TransferItem item in _items)
        {
            if (TransferQueue.IsSmall(item))
            {
                yield return (item, 0);
                continue;
            }

            if (!listings.TryGetValue(item.PartialFolder, out IReadOnlyList<string>? listing))
            {
                listings[item.PartialFolder] = listing = PartialFiles.List(item.PartialFolder);
            }

            yield return (item, PartialFiles.AdoptableBytes(item, listing));
        }
    }

    private static long? FreeBytesOf(string folder)
    {
        try
        {
            // A plan is made before the folder is.
            while (!Directory.Exists(folder))
            {
                folder = Path.GetDirectoryName(folder) ?? Path.GetPathRoot(Path.GetFullPath("."))!;
            }

            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (StorageErrors.IsStorage(e) || e is ArgumentException)
        {
            return null;
        }
    }
}
