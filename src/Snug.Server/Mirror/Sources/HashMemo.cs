using System.Collections.Concurrent;

namespace Snug.Server;

/// <summary>Remembers hashes of files by path, size and time, so that a large file is read once and not for every change beside it.</summary>
internal sealed class HashMemo
{
    private readonly ConcurrentDictionary<string, (long Size, DateTime Modified, bool IsLfs, ContentHashes Hashes)> _known = new(StringComparer.Ordinal);

    public async Task<ContentHashes> GetAsync(PlannedFile file, CancellationToken cancellationToken)
    {
        if (file.Content is not FileContent content)
        {
            return await GitObjects.HashAsync(file.Content, file.IsLfs, cancellationToken).ConfigureAwait(false);
        }

        DateTime modified = File.GetLastWriteTimeUtc(content.Path);
        if (_known.TryGetValue(content.Path, out var known) && known.Size == content.Length && known.Modified == modified && known.IsLfs == file.IsLfs)
        {
            return known.Hashes;
        }

        ContentHashes hashes = await GitObjects.HashAsync(content, file.IsLfs, cancellationToken).ConfigureAwait(false);
        _known[content.Path] = (content.Length, modified, file.IsLfs, hashes);
        return hashes;
    }
}
