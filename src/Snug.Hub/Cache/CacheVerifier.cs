using System.Buffers;
using System.Security.Cryptography;

namespace Snug.Hub;

/// <summary>
/// Reads every content once and compares it with all that is known of it: the blob's name, and for copies the stored listing of
/// the commit.
/// </summary>
internal sealed class CacheVerifier(CacheScan scan, CacheLayout layout, IReadOnlySet<RepositoryId>? selected, IProgress<CacheVerifyProgress>? progress)
{
    private const int BufferLength = 1024 * 1024;
    private const int MaxParallel = 8;
    private const long ReportEvery = 16L * 1024 * 1024;

    private readonly Dictionary<CachedContent, VerifyJob> _jobs = [];
    private readonly List<string> _unverifiable = [];
    private readonly List<CacheProblem> _problems = [];
    private readonly List<WrongContent> _wrong = [];
    private readonly Lock _gate = new();
    private long _bytesTotal;
    private long _bytesDone;
    private long _bytesReported;
    private int _filesDone;
    private int _verified;

    public async Task<CacheVerification> RunAsync(CancellationToken cancellationToken)
    {
        CollectJobs();
        VerifyJob[] jobs = [.. _jobs.Values.Where(j => j.Expected.Any()).OrderByDescending(j => j.Content.Size)];
        _bytesTotal = jobs.Sum(j => j.Content.Size);
        _unverifiable.AddRange(_jobs.Values.Where(j => !j.Expected.Any()).Select(j => j.Content.Path));
        Report(jobs.Length, force: true);
        ParallelOptions options = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 1, MaxParallel) };
        await Parallel.ForEachAsync(jobs, options, (job, token) => VerifyAsync(job, jobs.Length, token)).ConfigureAwait(false);
        Report(jobs.Length, force: true);

        _problems.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        _unverifiable.Sort(StringComparer.Ordinal);
        return new CacheVerification(scan, selected)
        {
            Problems = [.. scan.Problems.Where(p => p.Repository is null ? selected is null : IsSelected(p.Repository)), .. _problems],
            Gaps = FindGaps(),
            FilesVerified = _verified,
            BytesRead = _bytesDone,
            Unverifiable = _unverifiable,
            Wrong = _wrong,
        };
    }

    private bool IsSelected(RepositoryId id) => selected is null || selected.Contains(id);

    private void CollectJobs()
    {
        foreach (CachedRepository repository in scan.Repositories)
        {
            // Of the others only what shares a content with a selected one matters: it is as wrong there.
            foreach (CachedBlob blob in repository.Blobs.Where(b => IsSelected(repository.Id) || b.IsShared))
            {
                JobFor(blob.Content).Blobs.Add((repository, blob));
            }

            if (!IsSelected(repository.Id))
            {
                continue;
            }

            foreach (CachedRevision revision in repository.Revisions)
            {
                CollectFiles(revision);
            }
        }

        if (selected is not null)
        {
            HashSet<CachedContent> wanted = [.. scan.Repositories.Where(r => IsSelected(r.Id)).SelectMany(r => r.Blobs).Select(b => b.Content)];
            foreach (CachedContent content in _jobs.Keys.Where(c => !wanted.Contains(c) && _jobs[c].Files.Count == 0).ToList())
            {
                _jobs.Remove(content);
            }
        }
    }

    private void CollectFiles(CachedRevision revision)
    {
        Dictionary<string, RepositoryFile>? listing = null;
        foreach (CachedFile file in revision.Files)
        {
            if (file.Blob is { } blob && VerifyJob.IsHash(blob.Name))
            {
                // The job of the blob covers its users.
                continue;
            }

            listing ??= TreeCache.TryRead(layout.Tree(revision.Repository, revision.Commit)) is { } files
                ? files.DistinctBy(f => f.Path).ToDictionary(f => f.Path, StringComparer.Ordinal)
                : [];
            if (listing.TryGetValue(file.Path, out RepositoryFile? listed))
            {
                JobFor(file.Content).Files.Add((revision, file, listed.Etag));
            }
            else
            {
                JobFor(file.Content);
            }
        }
    }

    private VerifyJob JobFor(CachedContent content)
    {
        if (!_jobs.TryGetValue(content, out VerifyJob? job))
        {
            _jobs[content] = job = new VerifyJob(content);
        }

        return job;
    }

    private async ValueTask VerifyAsync(VerifyJob job, int total, CancellationToken cancellationToken)
    {
        Dictionary<string, bool> right;
        try
        {
            right = await HashAsync(job, total, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            lock (_gate)
            {
                // Removed meanwhile, or unreadable; neither is known to be wrong.
                if (File.Exists(job.Content.Path))
                {
                    _problems.Add(CacheProblems.Unreadable(job.Content.Path, job.Blobs.FirstOrDefault().Repository?.Id ?? job.Files.FirstOrDefault().Revision?.Repository, e));
                }
            }

            return;
        }

        lock (_gate)
        {
            _filesDone++;
            (CachedRepository Repository, CachedBlob Blob)[] blobs = [.. job.Blobs.Where(b => VerifyJob.IsHash(b.Blob.Name) && !right[b.Blob.Name] && !IsXetName(b.Repository, b.Blob))];
            (CachedRevision Revision, CachedFile File)[] files = [.. job.Files.Where(f => !right[f.Expected]).Select(f => (f.Revision, f.File))];
            if (blobs.Length == 0 && files.Length == 0)
            {
                _verified++;
                return;
            }

            _wrong.Add(new WrongContent(job.Content, blobs, files));
            foreach ((CachedRepository repository, CachedBlob blob) in blobs)
            {
                _problems.Add(CacheProblems.WrongContent(blob.Path, repository.Id));
            }

            foreach ((CachedRevision revision, CachedFile file) in files)
            {
                _problems.Add(CacheProblems.WrongContent(file.LocalPath, revision.Repository));
            }
        }
    }

    /// <summary>
    /// Whether a listing says that the name is the file's Xet hash, which the JavaScript client uses for blobs: then it tells
    /// nothing about the bytes.
    /// </summary>
    private bool IsXetName(CachedRepository repository, CachedBlob blob) =>
        Hashes.IsSha256(blob.Name) && repository.Revisions
            .Where(r => r.Files.Any(f => f.Blob == blob))
            .Any(r => TreeCache.TryRead(layout.Tree(repository.Id, r.Commit)) is { } listing && listing.Exists(f => f.XetHash == blob.Name));

    /// <summary>Reads a content and tells which of the expected hashes it has.</summary>
    private async Task<Dictionary<string, bool>> HashAsync(VerifyJob job, int total, CancellationToken cancellationToken)
    {
        string[] expected = [.. job.Expected];
        using FileStream stream = new(job.Content.Path, new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.SequentialScan | FileOptions.Asynchronous,
            BufferSize = 0,
        });
        using IncrementalHash? sha256 = expected.FirstOrDefault(e => Hashes.IsSha256(e)) is { } large ? Hashes.StartFor(large, stream.Length) : null;
        using IncrementalHash? git = expected.FirstOrDefault(e => Hashes.IsGitBlob(e)) is { } small ? Hashes.StartFor(small, stream.Length) : null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(0, BufferLength), cancellationToken).ConfigureAwait(false)) > 0)
            {
                sha256?.AppendData(buffer, 0, read);
                git?.AppendData(buffer, 0, read);
                Interlocked.Add(ref _bytesDone, read);
                Report(total, force: false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        string? digest256 = sha256 is null ? null : Hashes.Finish(sha256);
        string? digestGit = git is null ? null : Hashes.Finish(git);
        return expected.ToDictionary(e => e, e => e == digest256 || e == digestGit, StringComparer.Ordinal);
    }

    private void Report(int total, bool force)
    {
        if (progress is null)
        {
            return;
        }

        lock (_gate)
        {
            long done = Interlocked.Read(ref _bytesDone);
            if (!force && done - _bytesReported < ReportEvery)
            {
                return;
            }

            _bytesReported = done;
            progress.Report(new CacheVerifyProgress(_filesDone, total, done, _bytesTotal, _wrong.Count));
        }
    }

    private List<CachedRevisionGap> FindGaps()
    {
        HashSet<CachedBlob> wrongBlobs = [.. _wrong.SelectMany(w => w.Blobs).Select(b => b.Blob)];
        HashSet<CachedFile> wrongFiles = [.. _wrong.SelectMany(w => w.Files).Select(f => f.File)];
        List<CachedRevisionGap> gaps = [];
        foreach (CachedRevision revision in scan.Repositories.SelectMany(r => r.Revisions))
        {
            string[] files =
            [
                .. revision.Files.Where(f => wrongFiles.Contains(f) || (f.Blob is { } blob && wrongBlobs.Contains(blob))).Select(f => f.Path)
                    .Concat(IsSelected(revision.Repository) ? revision.BrokenFiles : [])
                    .Order(CodePointComparer.Instance),
            ];
            if (files.Length > 0)
            {
                gaps.Add(new CachedRevisionGap(revision.Repository, revision.Commit, revision.Refs, files));
            }
        }

        return gaps;
    }
}
