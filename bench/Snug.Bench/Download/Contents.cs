using System.Globalization;
using System.Security.Cryptography;
using Snug.Hub;
using Snug.Server;

namespace Snug.Bench;

/// <summary>The two repositories that are downloaded: the same bytes in every process that computes them.</summary>
internal sealed record Contents(long LargeSize, int SmallCount)
{
    public const int SmallSize = 4096;

    private readonly Dictionary<RepositoryId, List<(string, string)>> _digests = [];

    public static readonly RepositoryId Large = RepositoryId.Parse("bench/large");
    public static readonly RepositoryId Many = RepositoryId.Parse("bench/many");

    public IReadOnlyList<(string Path, RepositoryContent Content)> Of(RepositoryId id) => id == Large
        ? [("model.safetensors", RepositoryContent.Pseudorandom(LargeSize, seed: 1))]
        : [.. Enumerable.Range(0, SmallCount).Select(i =>
            (string.Create(CultureInfo.InvariantCulture, $"data/{i / 100:000}/{i % 100:00}.json"), RepositoryContent.Pseudorandom(SmallSize, seed: 1 + i)))];

    /// <summary>The SHA-256 of each file, for programs that verify only what they are told; computed once.</summary>
    public async Task<IReadOnlyList<(string Path, string Digest)>> DigestsOfAsync(RepositoryId id)
    {
        if (!_digests.TryGetValue(id, out List<(string, string)>? digests))
        {
            _digests[id] = digests = [];
            byte[] buffer = new byte[1 << 20];
            foreach ((string path, RepositoryContent content) in Of(id))
            {
                using ContentReader reader = content.Open();
                using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                for (long at = 0; at < content.Length;)
                {
                    int read = await reader.ReadAsync(at, buffer, CancellationToken.None);
                    hash.AppendData(buffer, 0, read);
                    at += read;
                }

                digests.Add((path, Convert.ToHexStringLower(hash.GetHashAndReset())));
            }
        }

        return digests;
    }

    public long BytesOf(RepositoryId id) => Of(id).Sum(file => file.Content.Length);

    /// <summary>A source that holds everything in memory, so that serving costs no more than copying.</summary>
    public async Task<MemoryRepositorySource> ToMemoryAsync()
    {
        MemoryRepositorySource source = new();
        foreach (RepositoryId id in (RepositoryId[])[Large, Many])
        {
            List<(string, RepositoryContent)> files = [];
            foreach ((string path, RepositoryContent content) in Of(id))
            {
                byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)content.Length));
                using ContentReader reader = content.Open();
                for (int filled = 0; filled < bytes.Length;)
                {
                    filled += await reader.ReadAsync(filled, bytes.AsMemory(filled), CancellationToken.None);
                }

                files.Add((path, RepositoryContent.FromBytes(bytes)));
            }

            await source.Add(id).CommitAsync([.. files]);
        }

        return source;
    }

    /// <summary>What is wrong with a download, or <see langword="null"/>.</summary>
    /// <param name="id">The repository.</param>
    /// <param name="folder">The folder that should hold its files.</param>
    /// <param name="compare">Whether bytes are compared too, not only lengths.</param>
    public async Task<string?> FindProblemAsync(RepositoryId id, string folder, bool compare)
    {
        byte[] expected = new byte[1 << 20];
        byte[] actual = new byte[1 << 20];
        foreach ((string path, RepositoryContent content) in Of(id))
        {
            string file = Path.Join(folder, path);
            if (!File.Exists(file))
            {
                return $"{path} is missing in {folder}";
            }

            await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (stream.Length != content.Length)
            {
                return $"{path} has {stream.Length} bytes instead of {content.Length}";
            }

            using ContentReader reader = content.Open();
            for (long at = 0; compare && at < content.Length;)
            {
                int length = await reader.ReadAsync(at, expected, CancellationToken.None);
                await stream.ReadExactlyAsync(actual.AsMemory(0, length));
                if (!actual.AsSpan(0, length).SequenceEqual(expected.AsSpan(0, length)))
                {
                    return $"{path} has wrong bytes after {at}";
                }

                at += length;
            }
        }

        return null;
    }
}
