using System.Globalization;
using Snug.Hub;
using Snug.Server;

namespace Snug.TestKit;

/// <summary>Repositories with content that looks random, made as it is read: no disk and no memory, and the same at every run.</summary>
public static class SyntheticRepositories
{
    private const int Kilobyte = 1024;
    private const int Megabyte = 1024 * 1024;

    /// <summary>The sizes of <see cref="AddMixedAsync"/>: the edges of blocks of 256 KiB, and everything between nothing and 64 MB.</summary>
    public static IReadOnlyList<long> MixedSizes { get; } =
    [
        0, 1, 2, 15, 100, 500, Kilobyte, 2 * Kilobyte, 4 * Kilobyte, 10_000, 33_333, 64 * Kilobyte, 100_000,
        (256 * Kilobyte) - 1, 256 * Kilobyte, (256 * Kilobyte) + 1, 300_000, 512 * Kilobyte, 777_777,
        Megabyte, Megabyte + 1, 2 * Megabyte, 3_333_333, 4 * Megabyte, 5 * Megabyte, 8 * Megabyte, 10_000_001, 16 * Megabyte,
        32 * Megabyte, 64 * Megabyte,
    ];

    /// <summary>Thirty files from nothing to 64 MB, some in folders; those from 4 MB on are in large file storage, and so are some small ones.</summary>
    public static Task<HostedCommit> AddMixedAsync(MemoryRepositorySource source, RepositoryId id, int seed = 1) =>
        AddAsync(source, id, MixedSizes.Select((size, index) => (MixedName(index), RepositoryContent.Pseudorandom(size, seed + index))));

    /// <summary>Many small files in folders of a hundred.</summary>
    public static Task<HostedCommit> AddManyAsync(MemoryRepositorySource source, RepositoryId id, int count, int size = 4 * Kilobyte, int seed = 1) =>
        AddAsync(
            source,
            id,
            Enumerable.Range(0, count).Select(index =>
                (string.Create(CultureInfo.InvariantCulture, $"data/{index / 100:000}/{index % 100:00}.json"), RepositoryContent.Pseudorandom(size, seed + index))));

    /// <summary>One large file, <c>model.safetensors</c>.</summary>
    public static Task<HostedCommit> AddLargeAsync(MemoryRepositorySource source, RepositoryId id, long size, int seed = 1) =>
        AddAsync(source, id, [("model.safetensors", RepositoryContent.Pseudorandom(size, seed))]);

    /// <summary>A repository with the given files as its one commit.</summary>
    public static Task<HostedCommit> AddAsync(MemoryRepositorySource source, RepositoryId id, IEnumerable<(string Path, RepositoryContent Content)> files)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Add(id).CommitAsync([.. files]);
    }

    private static string MixedName(int index) => (index % 5) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"file-{index:00}.json"),
        1 => string.Create(CultureInfo.InvariantCulture, $"folder/file-{index:00}.txt"),
        2 => string.Create(CultureInfo.InvariantCulture, $"weights-{index:00}.safetensors"),
        3 => string.Create(CultureInfo.InvariantCulture, $"a/deep/folder/file {index:00}.bin"),
        _ => string.Create(CultureInfo.InvariantCulture, $"größe-{index:00}.onnx"),
    };
}
