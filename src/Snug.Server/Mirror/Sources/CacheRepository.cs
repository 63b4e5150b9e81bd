using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Server;

/// <summary>A repository of a Hugging Face cache.</summary>
internal sealed class CacheRepository(RepositoryId id, string folder, string root, HashMemo memo, FolderRepositorySourceOptions options)
    : HostedRepository(id, RepositorySettings.Default)
{
    private const int ShortestAbbreviation = 7;
    private const int MaxTreeFile = 64 * 1024 * 1024;
    private static readonly EnumerationOptions Recursive = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };

    private readonly ConcurrentDictionary<string, (long ScannedAt, string Fingerprint, HostedCommit Commit)> _commits = new(StringComparer.Ordinal);

    public override bool KnowsAllRevisions => false;

    private string Snapshots => Path.Combine(folder, "snapshots");

    public override async ValueTask<HostedCommit?> ResolveAsync(string revision, CancellationToken cancellationToken)
    {
        if (FindCommitId(revision) is not { } commitId)
        {
            return null;
        }

        bool known = _commits.TryGetValue(commitId, out var state);
        if (known && (options.RescanInterval == Timeout.InfiniteTimeSpan
            || options.TimeProvider.GetElapsedTime(state.ScannedAt) < options.RescanInterval))
        {
            return state.Commit;
        }

        string snapshot = Path.Combine(Snapshots, commitId);
        if (!Directory.Exists(snapshot))
        {
            return null;
        }

        long now = options.TimeProvider.GetTimestamp();
        (List<CachedFile> files, string fingerprint) = List(snapshot);
        HostedCommit commit = known && state.Fingerprint == fingerprint
            ? state.Commit
            : await BuildAsync(commitId, snapshot, files, cancellationToken).ConfigureAwait(false);
        _commits[commitId] = (now, fingerprint, commit);
        return commit;
    }

    public override ValueTask<IReadOnlyList<HostedReference>> GetReferencesAsync(CancellationToken cancellationToken)
    {
        string references = Path.Combine(folder, "refs");
        List<HostedReference> found = [];
        if (Directory.Exists(references))
        {
            foreach (string file in Directory.EnumerateFiles(references, "*", Recursive).Order(StringComparer.Ordinal))
            {
                string name = Path.GetRelativePath(references, file).Replace(Path.DirectorySeparatorChar, '/');
                if (Revisions.FindProblem(name) is null && ReadReference(name) is { } commitId)
                {
                    // The cache does not say which names are branches and which are tags.
                    found.Add(new HostedReference(name.StartsWith("refs/", StringComparison.Ordinal) ? name : "refs/heads/" + name, commitId));
                }
            }
        }

        return new ValueTask<IReadOnlyList<HostedReference>>(found);
    }

    public override FileAbsence GetAbsence(HostedCommit commit, string path)
    {
        if (RepositoryPath.FindProblem(path) is not null || File.Exists(Path.Combine(folder, ".no_exist", commit.Id, path)))
        {
            return FileAbsence.Missing;
        }

        return ReadWholeTree(commit.Id) is { } whole && !whole.Contains(path) ? FileAbsence.Missing : FileAbsence.Unknown;
    }

    private string? FindCommitId(string revision)
    {
        if (Revisions.FindProblem(revision) is not null)
        {
            return null;
        }

        if (Revisions.IsCommit(revision))
        {
            return revision;
        }

        const string Heads = "refs/heads/";
        string name = revision == "HEAD" ? Revisions.Default : revision;
        if ((ReadReference(name) ?? (name.StartsWith(Heads, StringComparison.Ordinal) ? ReadReference(name[Heads.Length..]) : null)) is { } commitId)
        {
            return commitId;
        }

        if (revision.Length is < ShortestAbbreviation or >= Hashes.GitBlobLength
            || revision.AsSpan().ContainsAnyExcept(Hashes.HexDigits)
            || !Directory.Exists(Snapshots))
        {
            return null;
        }

        string[] candidates = [.. Directory.EnumerateDirectories(Snapshots, revision + "*").Select(path => Path.GetFileName(path)).Where(text => Revisions.IsCommit(text)).Take(2)];
        return candidates is [{ } only] ? only : null;
    }

    private string? ReadReference(string name)
    {
        try
        {
            string text = File.ReadAllText(Path.Combine(folder, "refs", name.Replace('/', Path.DirectorySeparatorChar))).Trim();
            return Revisions.IsCommit(text) ? text : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private (List<CachedFile> Files, string Fingerprint) List(string snapshot)
    {
        List<CachedFile> files = [];
        using IncrementalHash fingerprint = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in Directory.EnumerateFiles(snapshot, "*", Recursive).Order(StringComparer.Ordinal))
        {
            FileInfo entry = new(path);
            string? blobName = null;
            FileInfo? file = entry;
            if (entry.LinkTarget is { } target)
            {
                string direct = Path.GetFullPath(target, Path.GetDirectoryName(path)!);
                blobName = Path.GetDirectoryName(direct) == Path.Combine(folder, "blobs") ? Path.GetFileName(direct) : null;
                file = Follow(entry);
            }

            string name = Path.GetRelativePath(snapshot, path).Replace(Path.DirectorySeparatorChar, '/');
            if (file is { Exists: true } && RepositoryPath.FindProblem(name) is null)
            {
                files.Add(new CachedFile(name, blobName, new FileContent(file.FullName, file.Length)));
                fingerprint.AppendData(Encoding.UTF8.GetBytes($"{name}\0{blobName}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\0"));
            }
        }

        return (files, Convert.ToHexString(fingerprint.GetHashAndReset()));
    }

    /// <summary>The blob behind a link, when it lies inside the cache: links that lead elsewhere were not made by a client.</summary>
    private FileInfo? Follow(FileInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target
                && target.FullName.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? target
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task<HostedCommit> BuildAsync(string commitId, string snapshot, List<CachedFile> files, CancellationToken cancellationToken)
    {
        List<HostedFile> hosted = new(files.Count);
        foreach (CachedFile file in files)
        {
            ContentHashes hashes = file.BlobName switch
            {
                { } name when Hashes.IsSha256(name) => new ContentHashes(GitObjects.LfsPointerId(name, file.Content.Length), name),
                { } name => new ContentHashes(name, null),

                // Where links cannot be made the file stands there itself, and its name has to be found out.
                null => await memo.GetAsync(
                    new PlannedFile(file.Path, file.Content, LfsRule.Default.Covers(file.Path, file.Content.Length)), cancellationToken).ConfigureAwait(false),
            };
            hosted.Add(new HostedFile(file.Path, file.Content, hashes.BlobId, hashes.Sha256));
        }

        DateTimeOffset date = new(Directory.GetCreationTimeUtc(snapshot), TimeSpan.Zero);
        return new HostedCommit(commitId, HostedTree.Create(hosted), "Cached snapshot", "cache", date);
    }

    /// <summary>The paths of all files of a commit, where a client has stored the listing.</summary>
    private HashSet<string>? ReadWholeTree(string commitId)
    {
        FileInfo file = new(Path.Combine(folder, "trees", commitId + ".json"));
        if (!file.Exists || file.Length > MaxTreeFile)
        {
            return null;
        }

        try
        {
            using FileStream stream = file.OpenRead();
            using JsonDocument document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.GetProperty("format_version").GetInt32() == 1
                ? [.. document.RootElement.GetProperty("files").EnumerateObject().Select(property => property.Name)]
                : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private sealed record CachedFile(string Path, string? BlobName, FileContent Content);
}
