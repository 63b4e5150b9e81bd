using System.Collections.Concurrent;
using System.Globalization;
using Snug.Hub;

namespace Snug.Server;

/// <summary>
/// Remembers hashes of files by path, size and time, so that a large file is read once and not for every change beside it; with an index
/// file, once and not at every start.
/// </summary>
internal sealed class HashMemo
{
    private const int Fields = 6;
    private const string EndMark = ".";

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly string? _indexFile;
    private readonly Lock _lock = new();

    public HashMemo(string? indexFile)
    {
        _indexFile = indexFile;
        if (indexFile is not null && File.Exists(indexFile))
        {
            foreach (string line in File.ReadLines(indexFile))
            {
                Read(line);
            }
        }
    }

    public async Task<ContentHashes> GetAsync(PlannedFile file, CancellationToken cancellationToken)
    {
        if (file.Content is not FileContent content)
        {
            return await GitObjects.HashAsync(file.Content, file.IsLfs, cancellationToken).ConfigureAwait(false);
        }

        long modified = File.GetLastWriteTimeUtc(content.Path).Ticks;
        if (_known.TryGetValue(content.Path, out Known? known)
            && known.Size == content.Length && known.Modified == modified && known.Hashes.Sha256 is not null == file.IsLfs)
        {
            return known.Hashes;
        }

        ContentHashes hashes = await GitObjects.HashAsync(content, file.IsLfs, cancellationToken).ConfigureAwait(false);
        known = new Known(content.Length, modified, hashes);
        _known[content.Path] = known;
        Append(content.Path, known);
        return hashes;
    }

    private void Read(string line)
    {
        // Size, time, blob id, SHA-256 or "-", path, and a mark at the end: a line without it was cut short.
        string[] fields = line.Split('\t', Fields);
        if (fields.Length == Fields
            && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long modified)
            && Hashes.IsGitBlob(fields[2])
            && (fields[3] == "-" || Hashes.IsSha256(fields[3]))
            && fields[5] == EndMark)
        {
            _known[fields[4]] = new Known(size, modified, new ContentHashes(fields[2], fields[3] == "-" ? null : fields[3]));
        }
    }

    private void Append(string path, Known known)
    {
        if (_indexFile is null || path.AsSpan().ContainsAny('\t', '\r', '\n'))
        {
            return;
        }

        string line = string.Create(
            CultureInfo.InvariantCulture, $"{known.Size}\t{known.Modified}\t{known.Hashes.BlobId}\t{known.Hashes.Sha256 ?? "-"}\t{path}\t{EndMark}\n");
        try
        {
            lock (_lock)
            {
                File.AppendAllText(_indexFile, line);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The index saves time at the next start and nothing else.
        }
    }

    private sealed record Known(long Size, long Modified, ContentHashes Hashes);
}
