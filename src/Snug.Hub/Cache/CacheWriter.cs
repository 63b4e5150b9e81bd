namespace Snug.Hub;

/// <summary>Writes what the Python client reads: refs, snapshot entries, negative entries, the backup tag.</summary>
internal sealed class CacheWriter(CacheLayout layout, bool disableSymlinks)
{
    // The first line is fixed by the cache directory tagging convention (bford.info/cachedir); tools look at nothing else.
    private const string TagContent = """
        Signature: 8a477f597d28d172789f06886806bc55
        # This folder holds files downloaded from a Hugging Face Hub; backups may leave it out.
        # The tag follows the Cache Directory Tagging convention:
        #	https://bford.info/cachedir/

        """;

    private readonly HashSet<string> _knownFolders = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool? _symlinksWork = disableSymlinks ? false : null;

    /// <summary>Creates the root with its tag.</summary>
    public void EnsureRoot()
    {
        Directory.CreateDirectory(layout.Root);
        EnsureTag(layout.Root);
    }

    /// <summary>Marks a folder for backup programs.</summary>
    public static void EnsureTag(string folder)
    {
        string tag = Path.Join(folder, CacheLayout.TagFile);
        if (!File.Exists(tag))
        {
            AtomicFile.WriteText(tag, TagContent.ReplaceLineEndings("\n"));
        }
    }

    /// <summary>Creates a folder unless this writer has made it before.</summary>
    public void EnsureFolder(string folder)
    {
        lock (_gate)
        {
            if (_knownFolders.Contains(folder))
            {
                return;
            }
        }

        Directory.CreateDirectory(folder);
        lock (_gate)
        {
            _knownFolders.Add(folder);
        }
    }

    /// <summary>Points a branch or tag at a commit; a file that says so already is left alone.</summary>
    public void WriteRef(RepositoryId id, string revision, string commit)
    {
        if (revision == commit)
        {
            return;
        }

        string path = layout.Ref(id, revision);
        if (!File.Exists(path) || File.ReadAllText(path).Trim() != commit)
        {
            AtomicFile.WriteText(path, commit);
        }
    }

    /// <summary>Remembers that a path does not exist at a commit.</summary>
    public void WriteNoExist(RepositoryId id, string commit, string path)
    {
        string marker = layout.NoExist(id, commit, path);
        EnsureFolder(Path.GetDirectoryName(marker)!);
        using FileStream stream = new(marker, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
    }

    /// <summary>Makes a snapshot entry point at a blob.</summary>
    /// <param name="id">The repository.</param>
    /// <param name="commit">The snapshot's commit.</param>
    /// <param name="path">The file's path inside the repository.</param>
    /// <param name="etag">The blob's name.</param>
    /// <param name="mayMove">
    /// Whether the blob itself may become the entry where links are not to be had, as the Python client does it with a blob it
    /// has just downloaded; otherwise the entry becomes a copy there.
    /// </param>
    public void LinkSnapshotFile(RepositoryId id, string commit, string path, string etag, bool mayMove) =>
        Link(id, layout.SnapshotFile(id, commit, path), CacheLayout.LinkTarget(path, etag), etag, mayMove);

    /// <summary>
    /// Makes the entries of a directory-shaped model appear all at once: they are linked in a private folder, which is then
    /// renamed into the snapshot.
    /// </summary>
    /// <param name="id">The repository.</param>
    /// <param name="commit">The snapshot's commit.</param>
    /// <param name="folder">The package folder inside the repository.</param>
    /// <param name="files">Its files, as repository paths, with their blob names.</param>
    public void LinkPackage(RepositoryId id, string commit, string folder, IReadOnlyList<RepositoryFile> files)
    {
        string final = layout.SnapshotFile(id, commit, folder);
        if (Directory.Exists(final) && files.All(f => IsLinked(id, commit, f.Path, f.Etag)))
        {
            return;
        }

        string staging = Path.Join(layout.Private(id), "staging-" + AtomicFile.RandomSuffix());
        foreach (RepositoryFile file in files)
        {
            string inside = file.Path[(folder.Length + 1)..];
            Link(id, Path.Join(staging, CacheLayout.ToLocal(inside)), CacheLayout.LinkTarget(file.Path, file.Etag), file.Etag, mayMove: false);
        }

        // What an earlier selection brought stays.
        foreach (string inside in CacheReader.ListFiles(final, _ => true))
        {
            string kept = Path.Join(staging, CacheLayout.ToLocal(inside));
            FileInfo entry = new(Path.Join(final, CacheLayout.ToLocal(inside)));
            if (File.Exists(kept))
            {
                continue;
            }

            EnsureFolder(Path.GetDirectoryName(kept)!);
            if (entry.LinkTarget is { } target)
            {
                File.CreateSymbolicLink(kept, target);
            }
            else
            {
                entry.CopyTo(kept);
            }
        }

        EnsureFolder(Path.GetDirectoryName(final)!);
        if (Directory.Exists(final))
        {
            // Another client left an unfinished package: it makes way whole, so that no mixture is ever visible.
            string aside = Path.Join(layout.Private(id), "replaced-" + AtomicFile.RandomSuffix());
            Directory.Move(final, aside);
            Directory.Move(staging, final);
            Directory.Delete(aside, recursive: true);
        }
        else
        {
            try
            {
                Directory.Move(staging, final);
            }
            catch (IOException) when (Directory.Exists(final))
            {
                // Another process published the same package a moment ago.
                Directory.Delete(staging, recursive: true);
            }
        }

        RemoveIfEmpty(layout.Private(id));
    }

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Another package is being staged there.
        }
    }

    private bool IsLinked(RepositoryId id, string commit, string path, string etag)
    {
        string entry = layout.SnapshotFile(id, commit, path);
        return RealFile.Exists(entry) && (new FileInfo(entry).LinkTarget is not { } target || target == CacheLayout.LinkTarget(path, etag));
    }

    private void Link(RepositoryId id, string entry, string target, string etag, bool mayMove)
    {
        EnsureFolder(Path.GetDirectoryName(entry)!);
        if (!SymlinksWork())
        {
            CopyInstead(layout.Blob(id, etag), entry, mayMove);
            return;
        }

        try
        {
            File.CreateSymbolicLink(entry, target);
            return;
        }
        catch (IOException) when (new FileInfo(entry) is { LinkTarget: not null } or { Exists: true })
        {
            // There already; whether it is right is looked at below.
        }

        if (new FileInfo(entry).LinkTarget == target)
        {
            return;
        }

        string temporary = $"{entry}.{AtomicFile.RandomSuffix()}.tmp";
        File.CreateSymbolicLink(temporary, target);
        AtomicFile.Publish(temporary, entry);
    }

    private static void CopyInstead(string blob, string entry, bool mayMove)
    {
        if (!RealFile.Exists(blob))
        {
            // Moved into this entry by an earlier download.
            return;
        }

        if (mayMove)
        {
            AtomicFile.Publish(blob, entry);
            return;
        }

        FileInfo present = new(entry);
        if (present.Exists && present.LinkTarget is null && present.Length == RealFile.LengthOf(blob))
        {
            return;
        }

        // Beside the blob, so that a copy cut short never stands in a snapshot.
        string temporary = $"{blob}.{AtomicFile.RandomSuffix()}{CacheLayout.PartialSuffix}";
        File.Copy(blob, temporary);
        AtomicFile.Publish(temporary, entry);
    }

    /// <summary>Tries a real link once per writer: Windows allows them only to some users, some network shares to nobody.</summary>
    private bool SymlinksWork()
    {
        lock (_gate)
        {
            if (_symlinksWork is { } known)
            {
                return known;
            }

            string probe = Path.Join(layout.Root, LocksProbe());
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(probe)!);
                File.CreateSymbolicLink(probe, "target");
                _symlinksWork = true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _symlinksWork = false;
            }

            AtomicFile.TryDelete(probe);
            return _symlinksWork.Value;
        }
    }

    private static string LocksProbe() => Path.Join(CacheLayout.LocksFolder, $".link-probe-{AtomicFile.RandomSuffix()}");
}
