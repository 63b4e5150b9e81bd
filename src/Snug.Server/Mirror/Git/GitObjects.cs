using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Snug.Hub;

namespace Snug.Server;

/// <summary>Names of git objects, computed as git does, so that ids are the ones a clone of the repository would have.</summary>
internal static class GitObjects
{
    private const int ChunkSize = 128 * 1024;

    /// <summary>The text that git stores in place of a file kept in large file storage.</summary>
    public static string LfsPointer(string sha256, long size) =>
        string.Create(CultureInfo.InvariantCulture, $"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n");

    public static string BlobId(ReadOnlySpan<byte> content) => ObjectId("blob", content);

    public static string LfsPointerId(string sha256, long size) => BlobId(Encoding.ASCII.GetBytes(LfsPointer(sha256, size)));

    public static string ObjectId(string type, ReadOnlySpan<byte> content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{type} {content.Length}\0")));
        hash.AppendData(content);
        return Finish(hash);
    }

    /// <summary>The id of a commit object.</summary>
    /// <param name="tree">The id of its tree.</param>
    /// <param name="parent">The id of its parent, or <see langword="null"/> for a first commit.</param>
    /// <param name="author">Name and address, as <c>Name &lt;address&gt;</c>; also the committer.</param>
    /// <param name="date">The moment, in UTC to the second.</param>
    /// <param name="message">Title and text; a final line end is added.</param>
    public static string CommitId(string tree, string? parent, string author, DateTimeOffset date, string message)
    {
        StringBuilder text = new();
        text.Append("tree ").Append(tree).Append('\n');
        if (parent is not null)
        {
            text.Append("parent ").Append(parent).Append('\n');
        }

        string signature = string.Create(CultureInfo.InvariantCulture, $"{author} {date.ToUnixTimeSeconds()} +0000");
        text.Append("author ").Append(signature).Append("\ncommitter ").Append(signature).Append("\n\n").Append(message);
        if (!message.EndsWith('\n'))
        {
            text.Append('\n');
        }

        return ObjectId("commit", Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Hashes a content in one pass: as a git blob, and as LFS content when asked.</summary>
    public static async Task<ContentHashes> HashAsync(RepositoryContent content, bool lfs, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(lfs ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!lfs)
        {
            hash.AppendData(Hashes.GitBlobHeader(content.Length));
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            using ContentReader reader = content.Open();
            for (long offset = 0; offset < content.Length;)
            {
                int wanted = (int)Math.Min(buffer.Length, content.Length - offset);
                int read = await reader.ReadAsync(offset, buffer.AsMemory(0, wanted), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new EndOfStreamException("The content ended before its length.");
                }

                hash.AppendData(buffer, 0, read);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        string digest = Finish(hash);
        return lfs ? new ContentHashes(LfsPointerId(digest, content.Length), digest) : new ContentHashes(digest, null);
    }

    private static string Finish(IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        return Convert.ToHexStringLower(digest[..hash.GetHashAndReset(digest)]);
    }
}
