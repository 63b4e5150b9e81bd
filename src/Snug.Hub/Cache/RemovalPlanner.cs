namespace Snug.Hub;

/// <summary>Turns wishes into a removal plan: what goes, what it frees, and what has to stay.</summary>
internal sealed class RemovalPlanner(CacheScan scan, CacheLayout layout, LiveDownloads live)
{
    private const string BehindLink = "it lies behind a link that leads out of the cache";

    private readonly List<CacheRemovalItem> _items = [];
    private readonly HashSet<string> _planned = new(RealPath.Comparer);
    private readonly List<CacheSpared> _spared = [];
    private readonly List<RepositoryId> _repositories = [];
    private readonly List<CachedRevision> _revisions = [];
    private readonly HashSet<CachedContent> _orphans = [];
    private readonly HashSet<CachedContent> _wrong = [];
    private bool _everything;

    /// <summary>Plans the removal of revisions; of the whole repository when no other is left.</summary>
    public void RemoveRevisions(CachedRepository repository, IReadOnlyCollection<CachedRevision> doomed)
    {
        if (doomed.Count == repository.Revisions.Count)
        {
            RemoveRepository(repository);
        }
        else if (!SpareBusy(repository, doomed.Select(r => (r.Directory, r.SizeInBytes)), LiveDownloads.Settled))
        {
            AddRevisions(repository, doomed);
        }
    }

    /// <summary>Plans the removal of a whole repository.</summary>
    public void RemoveRepository(CachedRepository repository)
    {
        if (repository.IsLinkedFolder)
        {
            _spared.Add(new CacheSpared(repository.Directory, repository.SizeInBytes, BehindLink, repository.Id));
        }
        else if (!SpareBusy(repository, [(repository.Directory, repository.SizeInBytes)], LiveDownloads.Settled))
        {
            AddRepository(repository);
        }
    }

    /// <summary>Plans the removal of everything that can be had again and that nobody uses.</summary>
    public void RemoveEverything()
    {
        _everything = true;
        foreach (CachedRepository repository in scan.Repositories)
        {
            RemoveRepository(repository);
        }

        _orphans.UnionWith(scan.SharedBlobs.Select(b => b.Content));
    }

    /// <summary>Plans the removal of what a repository does not need.</summary>
    public void Prune(CachedRepository repository, CachePruneOptions options)
    {
        if (repository.IsLinkedFolder)
        {
            return;
        }

        if (options.Abandoned)
        {
            AddAbandoned(repository, options.AbandonedAfter);
        }

        List<CachedRevision> detached = options.DetachedRevisions ? [.. repository.Revisions.Where(r => r.IsDetached)] : [];
        List<CachedBlob> unused = options.UnreferencedBlobs ? [.. repository.Blobs.Where(b => !b.IsReferenced)] : [];
        if ((detached.Count == 0 && unused.Count == 0)
            || SpareBusy(
                repository, detached.Select(r => (r.Directory, r.SizeInBytes)).Concat(unused.Select(b => (b.Path, b.SizeInBytes))), options.AbandonedAfter))
        {
            return;
        }

        foreach (CachedRevision revision in detached.ToList())
        {
            DateTimeOffset changed = FolderReader.TimesOf(revision.Directory).Modified;
            if (live.IsYoung(changed, LiveDownloads.Settled))
            {
                _spared.Add(new CacheSpared(revision.Directory, revision.SizeInBytes, live.Ago(changed), repository.Id));
                detached.Remove(revision);
            }
        }

        bool nothingElse = detached.Count == repository.Revisions.Count && detached.Count > 0 && repository.Refs.Count == 0
            && options.Abandoned && options.UnreferencedBlobs && repository.ForeignEntries.Count == 0
            && !_spared.Exists(s => s.Repository == repository.Id) && !unused.Exists(b => live.IsYoung(b.LastModified, LiveDownloads.Settled));
        if (nothingElse)
        {
            AddRepository(repository);
            return;
        }

        AddRevisions(repository, detached);
        foreach (CachedBlob blob in unused)
        {
            if (live.IsYoung(blob.LastModified, LiveDownloads.Settled) && !blob.IsShared)
            {
                _spared.Add(new CacheSpared(blob.Path, blob.SizeInBytes, live.Ago(blob.LastModified), repository.Id));
            }
            else
            {
                AddBlob(repository, blob);
            }
        }
    }

    /// <summary>Plans the removal of the contents of the shared store that no repository uses.</summary>
    public void PruneShared() =>
        _orphans.UnionWith(scan.SharedBlobs.Where(b => !b.IsReferenced && !live.IsYoung(b.LastModified, LiveDownloads.Settled)).Select(b => b.Content));

    /// <summary>Plans the removal of one entry of a snapshot.</summary>
    private void AddEntry(RepositoryId id, string path, CachedFile? file)
    {
        Add(new CacheRemovalItem(CacheRemovalKind.SnapshotEntry, path, file is { IsCopy: true } ? file.SizeInBytes : 0, id)
        {
            LinkTarget = FolderReader.LinkTarget(path),
            Modified = file?.LastModified,
        });
    }

    /// <summary>Plans the removal of a blob.</summary>
    private void AddBlob(CachedRepository repository, CachedBlob blob)
    {
        bool isFile = RealPath.Comparer.Equals(blob.Content.Path, blob.Path);
        Add(new CacheRemovalItem(CacheRemovalKind.Blob, blob.Path, isFile ? blob.SizeInBytes : 0, repository.Id)
        {
            Etag = blob.Name,
            Modified = isFile ? blob.LastModified : null,
            LinkTarget = isFile ? null : FolderReader.LinkTarget(blob.Path),
        });
    }

    /// <summary>Plans the removal of a link among the blobs that leads nowhere.</summary>
    private void AddBrokenBlob(RepositoryId id, string path) => Add(new CacheRemovalItem(CacheRemovalKind.Blob, path, 0, id)
    {
        Etag = Path.GetFileName(path),
        LinkTarget = FolderReader.LinkTarget(path),
    });

    /// <summary>Plans the removal of a ref that names nothing, unless a download may just have written it.</summary>
    private void AddUselessRef(CacheProblem problem)
    {
        if (FolderReader.TryStat(problem.Path) is { } entry && !live.IsYoung(entry.Modified, LiveDownloads.Settled))
        {
            Add(new CacheRemovalItem(CacheRemovalKind.Ref, problem.Path, 0, problem.Repository));
        }
    }

    /// <summary>Plans the removal of what interrupted processes left in a repository.</summary>
    private void AddAbandoned(CachedRepository repository, TimeSpan quiet)
    {
        foreach (CachedPartial partial in repository.Partials)
        {
            if (live.ReasonToSpare(partial, quiet) is { } reason)
            {
                _spared.Add(new CacheSpared(partial.Path, partial.SizeInBytes, reason, repository.Id));
            }
            else
            {
                AddPartial(partial);
            }
        }

        foreach (CacheLeftover leftover in repository.Leftovers)
        {
            if (live.IsYoung(leftover.LastModified, quiet))
            {
                _spared.Add(new CacheSpared(leftover.Path, leftover.SizeInBytes, live.Ago(leftover.LastModified), repository.Id));
            }
            else
            {
                Add(new CacheRemovalItem(CacheRemovalKind.Leftover, leftover.Path, leftover.SizeInBytes, repository.Id));
            }
        }
    }

    /// <summary>
    /// Plans the removal of what a verification found wrong: entries that lead nowhere or to wrong bytes, the wrong bytes, refs
    /// that name nothing. What is being downloaded is left to the download.
    /// </summary>
    public void Repair(CacheVerification verification)
    {
        foreach (WrongContent wrong in verification.Wrong)
        {
            _wrong.Add(wrong.Content);
            foreach ((CachedRepository repository, CachedBlob blob) in wrong.Blobs)
            {
                foreach (CachedFile file in repository.Revisions.SelectMany(r => r.Files).Where(f => f.Blob == blob))
                {
                    AddEntry(repository.Id, file.LocalPath, file);
                }

                AddBlob(repository, blob);
            }

            foreach ((CachedRevision revision, CachedFile file) in wrong.Files)
            {
                AddEntry(revision.Repository, file.LocalPath, file);
            }
        }

        foreach (CachedRepository repository in scan.Repositories.Where(r => verification.Selected?.Contains(r.Id) ?? true))
        {
            foreach (CachedRevision revision in repository.Revisions)
            {
                foreach (string path in revision.BrokenFiles)
                {
                    AddEntry(repository.Id, Path.Join(revision.Directory, CacheLayout.ToLocal(path)), null);
                }
            }

            foreach (string path in repository.BrokenBlobs)
            {
                AddBrokenBlob(repository.Id, path);
            }

            foreach (CachedPartial journal in repository.Partials.Where(p => p.IsStrayJournal && live.ReasonToSpare(p, LiveDownloads.Settled) is null))
            {
                AddPartial(journal);
            }
        }

        foreach (CacheProblem problem in verification.Problems.Where(p => p.Kind is CacheProblemKind.DanglingRef or CacheProblemKind.InvalidRef))
        {
            AddUselessRef(problem);
        }
    }

    /// <summary>The plan.</summary>
    /// <param name="notFound">What was asked for in vain.</param>
    public CacheRemovalPlan Build(IReadOnlyList<RepositoryReference>? notFound = null)
    {
        AddSharedContents();
        // Grouped by repository, in the order in which they have to go; the shared store comes last.
        CacheRemovalItem[] ordered =
        [
            .. _items.OrderBy(i => i.Repository is null)
                .ThenBy(i => i.Repository?.ToString(), StringComparer.Ordinal)
                .ThenBy(i => i.Kind)
                .ThenBy(i => i.Path, StringComparer.Ordinal),
        ];
        return new CacheRemovalPlan(scan.Directory, ordered)
        {
            Repositories = _repositories,
            Revisions = _revisions,
            Spared = _spared,
            NotFound = notFound ?? [],
        };
    }

    private void AddRepository(CachedRepository repository)
    {
        RepositoryId id = repository.Id;
        _repositories.Add(id);
        _revisions.AddRange(repository.Revisions);
        AddIfPresent(CacheRemovalKind.Ref, layout.Refs(id), id);
        foreach (CachedRevision revision in repository.Revisions)
        {
            AddSnapshot(revision);
        }

        AddIfPresent(CacheRemovalKind.Listing, layout.Trees(id), id);
        AddIfPresent(CacheRemovalKind.NegativeEntries, layout.NoExists(id), id);
        foreach (CachedBlob blob in repository.Blobs)
        {
            AddBlob(repository, blob);
        }

        foreach (string broken in repository.BrokenBlobs)
        {
            AddBrokenBlob(id, broken);
        }

        foreach (CachedPartial partial in repository.Partials)
        {
            AddPartial(partial);
        }

        foreach (CacheLeftover leftover in repository.Leftovers)
        {
            Add(new CacheRemovalItem(CacheRemovalKind.Leftover, leftover.Path, leftover.SizeInBytes, id));
        }

        AddIfPresent(CacheRemovalKind.Leftover, layout.Private(id), id);
        foreach (string foreign in repository.ForeignEntries.Where(p => p != repository.Directory))
        {
            long size = FolderReader.TryStat(foreign) switch
            {
                { IsLink: true } => 0,
                { IsFolder: true } => FolderReader.SizeOf(foreign),
                { } file => file.Length,
                null => 0,
            };
            Add(new CacheRemovalItem(CacheRemovalKind.ForeignEntry, foreign, size, id));
        }

        Add(new CacheRemovalItem(CacheRemovalKind.RepositoryFolder, repository.Directory, 0, id));
    }

    private void AddRevisions(CachedRepository repository, IReadOnlyCollection<CachedRevision> doomed)
    {
        HashSet<CachedBlob> kept = [.. repository.Revisions.Except(doomed).SelectMany(r => r.Files).Select(f => f.Blob).OfType<CachedBlob>()];
        HashSet<CachedBlob> unneeded = [];
        foreach (CachedRevision revision in doomed)
        {
            _revisions.Add(revision);
            foreach (string name in revision.Refs)
            {
                Add(new CacheRemovalItem(CacheRemovalKind.Ref, layout.Ref(repository.Id, name), 0, repository.Id));
            }

            AddSnapshot(revision);
            AddIfPresent(CacheRemovalKind.Listing, layout.Tree(repository.Id, revision.Commit), repository.Id);
            AddIfPresent(CacheRemovalKind.NegativeEntries, Path.Join(layout.NoExists(repository.Id), revision.Commit), repository.Id);
            unneeded.UnionWith(revision.Files.Select(f => f.Blob).OfType<CachedBlob>().Where(b => !kept.Contains(b)));
        }

        foreach (CachedBlob blob in unneeded)
        {
            AddBlob(repository, blob);
        }
    }

    private void AddSnapshot(CachedRevision revision) => Add(new CacheRemovalItem(
        CacheRemovalKind.Snapshot, revision.Directory,
        revision.IsLinkedFolder ? 0 : revision.Files.Where(f => f.IsCopy).Sum(f => f.SizeInBytes), revision.Repository));

    private void AddPartial(CachedPartial partial) =>
        Add(new CacheRemovalItem(CacheRemovalKind.Partial, partial.Path, partial.SizeInBytes, partial.Repository)
        {
            Etag = partial.Etag,
            Modified = partial.LastModified,
        });

    private void AddIfPresent(CacheRemovalKind kind, string path, RepositoryId id)
    {
        if (FolderReader.TryStat(path) is not null)
        {
            Add(new CacheRemovalItem(kind, path, 0, id));
        }
    }

    private void Add(CacheRemovalItem item)
    {
        if (!RemovalGuard.IsReal(layout.Root, item.Path))
        {
            _spared.Add(new CacheSpared(item.Path, item.SizeInBytes, BehindLink, item.Repository));
        }
        else if (_planned.Add(item.Path))
        {
            _items.Add(item);
        }
    }

    private bool SpareBusy(CachedRepository repository, IEnumerable<(string Path, long Size)> wanted, TimeSpan quiet)
    {
        if (live.ReasonBusy(repository, quiet) is not { } reason)
        {
            return false;
        }

        _spared.AddRange(wanted.Select(w => new CacheSpared(w.Path, w.Size, reason, repository.Id)));
        return true;
    }

    /// <summary>Contents of the shared store go when every link to them goes, and when their list of users agrees.</summary>
    private void AddSharedContents()
    {
        ILookup<CachedContent, CachedBlob> links = scan.Repositories.SelectMany(r => r.Blobs).Where(b => b.IsShared).ToLookup(b => b.Content);
        foreach (CachedContent content in scan.SharedBlobs.Select(b => b.Content))
        {
            bool wanted = _orphans.Contains(content) || links[content].Any(b => _planned.Contains(b.Path));
            if (!wanted || links[content].Any(b => !_planned.Contains(b.Path)))
            {
                continue;
            }

            // Wrong bytes are wrong for users that no list knows, too.
            bool evenWithoutList = _everything || _wrong.Contains(content);
            HashSet<string>? users = SharedManifest.TryRead(layout.Root, content.Path);
            if (users is null ? !evenWithoutList : !users.IsSubsetOf(_planned))
            {
                _spared.Add(new CacheSpared(
                    content.Path, content.Size, users is null ? "the list of its users cannot be read" : "it has other users", null));
                continue;
            }

            Add(new CacheRemovalItem(CacheRemovalKind.SharedBlob, content.Path, content.Size, null)
            {
                Modified = content.Modified,
                EvenWithoutList = evenWithoutList,
            });
        }
    }
}
