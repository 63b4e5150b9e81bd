using System.Buffers.Binary;
using System.Globalization;
using Snug.Server;
using Snug.TestKit;
using Snug.TestKit.Killer;

namespace Snug.Hub.Tests;

/// <summary>Downloads in processes of their own.</summary>
internal static class KilledDownload
{
    public const int BlockSize = 256 * 1024;

    private const int JournalHeaderLength = 512;
    private const int JournalRecordLength = 8;

    public static RunningCommand Start(Uri endpoint, TemporaryCache cache, string id, string counters, int? maxConnections = null) => RunningCommand.Start(
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
        [
            "exec", Path.Join(AppContext.BaseDirectory, "Snug.TestKit.Killer.dll"), endpoint.AbsoluteUri, cache.Root, id, counters,
            .. maxConnections is { } most ? [most.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        ],
        [
            new("HF_HUB_OFFLINE", null), new("HF_TOKEN", null), new("HF_HUB_DISABLE_SYMLINKS", null), new("HF_HUB_ETAG_TIMEOUT", null),
            new("HF_HUB_DOWNLOAD_TIMEOUT", null), new("DOTNET_TieredPGO", "0"),
        ]);

    public static (long Received, long PeakConnections) ReadCounters(string file)
    {
        if (!File.Exists(file))
        {
            // Killed before it began.
            return (0, 0);
        }

        using TransferCounters counters = new(file);
        return (counters.Received, counters.PeakConnections);
    }

    /// <summary>
    /// The bytes of a commit that a cache keeps: whole blobs, and blocks that journals record. It is counted here anew from the
    /// documented format, so as not to ask the code under test what it lost.
    /// </summary>
    public static long KeptBytes(TemporaryCache cache, RepositoryId id, HostedCommit commit)
    {
        string blobs = Path.Join(cache.RepositoryFolder(id), "blobs");
        return commit.Tree.Entries.Select(e => e.File).OfType<HostedFile>().DistinctBy(f => f.ETag).Sum(file =>
        {
            string etag = file.ETag.Trim('"');
            return File.Exists(Path.Join(blobs, etag))
                ? file.Content.Length
                : !Directory.Exists(blobs) ? 0
                : Directory.GetFiles(blobs, etag + ".*.incomplete.journal").Select(journal => RecordedBytes(journal, file.Content.Length)).DefaultIfEmpty(0).Max();
        });
    }

    private static long RecordedBytes(string journal, long size)
    {
        byte[] bytes = File.ReadAllBytes(journal);
        HashSet<uint> blocks = [];
        for (int at = JournalHeaderLength; at + JournalRecordLength <= bytes.Length; at += JournalRecordLength)
        {
            blocks.Add(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)));
        }

        return blocks.Sum(block => Math.Min(BlockSize, size - ((long)block * BlockSize)));
    }
}
