using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Snug.Hub;

/// <summary>
/// Keeps the promise that a cached file is whole across power cuts without flushing every file: an empty note says that a
/// download into a repository began under this start of the machine. When a note of another start is found, the blobs written
/// since are hashed once before they are trusted.
/// </summary>
/// <remarks>
/// A note is nothing but a name, made before the first rename of its download: file systems that journal metadata keep that
/// order, and there is no content that could be lost. Notes lie below <c>.locks</c>, which other clients do not look into.
/// </remarks>
internal sealed partial class UnflushedDownloads(CacheLayout layout, TimeProvider time, ILogger logger)
{
    private const string Folder = ".snug-unflushed";

    /// <summary>Operating systems write back within a minute; a note of this start is dropped long after.</summary>
    private static readonly TimeSpan Flushed = TimeSpan.FromDays(1);

    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(2);

    /// <summary>Notes that a download is about to publish files.</summary>
    public void Note(RepositoryId id)
    {
        string folder = Path.Join(layout.Root, CacheLayout.LocksFolder, Folder);
        Directory.CreateDirectory(folder);
        string started = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using FileStream note = new(
            Path.Join(folder, $"{Prefix(id)}{BootId.Current}.{started}"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Checks what was published before the machine last stopped, and removes what did not survive.</summary>
    public void Settle(RepositoryId id, CancellationToken cancellationToken)
    {
        string folder = Path.Join(layout.Root, CacheLayout.LocksFolder, Folder);
        if (!Directory.Exists(folder))
        {
            return;
        }

        DateTimeOffset? since = null;
        List<string> settled = [];
        foreach (string note in Directory.GetFiles(folder, Prefix(id) + "*"))
        {
            string[] parts = Path.GetFileName(note)[Prefix(id).Length..].Split('.');
            if (parts.Length != 2 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > uint.MaxValue)
            {
                continue;
            }

            DateTimeOffset started = DateTimeOffset.FromUnixTimeSeconds(seconds);
            if (parts[0] != BootId.Current)
            {
                since = since < started ? since : started;
                settled.Add(note);
            }
            else if (time.GetUtcNow() - started > Flushed)
            {
                settled.Add(note);
            }
        }

        if (since is { } first)
        {
            Check(id, first - ClockSlack, cancellationToken);
        }

        settled.ForEach(AtomicFile.TryDelete);
    }

    private void Check(RepositoryId id, DateTimeOffset since, CancellationToken cancellationToken)
    {
        string blobs = layout.Blobs(id);
        foreach (string blob in Directory.Exists(blobs) ? Directory.GetFiles(blobs) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            string name = Path.GetFileName(blob);
            FileInfo file = new(blob);
            bool isYoung = file.LinkTarget is null && new DateTimeOffset(file.LastWriteTimeUtc) >= since;
            if (isYoung && (Hashes.IsSha256(name) || Hashes.IsGitBlob(name)) && IsLost(name, blob))
            {
                LogLost(logger, id, name);
                File.Delete(blob);
            }
        }
    }

    private static bool IsLost(string name, string blob)
    {
        try
        {
            return !Hashes.IsHashOf(name, blob);
        }
        catch (FileNotFoundException)
        {
            // Another process found the same and was quicker.
            return false;
        }
    }

    // No repository's name has an '@', so that no prefix is the beginning of another.
    private static string Prefix(RepositoryId id) => CacheLayout.FolderName(id) + "@";

    [LoggerMessage(30, LogLevel.Warning, "huggingface: the content {Blob} of {Repository} did not survive a crash of the machine and is removed")]
    private static partial void LogLost(ILogger logger, RepositoryId repository, string blob);
}
