using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Snug.Hub;

/// <summary>The two hashes that name content on the Hub, as lowercase hexadecimal text.</summary>
internal static class Hashes
{
    public const int Sha256Length = 64;
    public const int GitBlobLength = 40;

    public static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static bool IsSha256(ReadOnlySpan<char> text) => text.Length == Sha256Length && !text.ContainsAnyExcept(HexDigits);

    public static bool IsGitBlob(ReadOnlySpan<char> text) => text.Length == GitBlobLength && !text.ContainsAnyExcept(HexDigits);

    /// <summary>
    /// The bytes git hashes before the content of a blob: <c>blob LENGTH\0</c> (see gitformat-pack, object header).
    /// </summary>
    public static byte[] GitBlobHeader(long length) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {length}\0"));

    /// <summary>Starts the hash that a blob name promises: SHA-256 for 64 digits, git blob SHA-1 for 40, none for opaque names.</summary>
    /// <param name="etag">The blob name.</param>
    /// <param name="length">Content length in bytes, part of git's hash.</param>
    public static IncrementalHash? StartFor(string etag, long length)
    {
        if (IsSha256(etag))
        {
            return IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }

        if (!IsGitBlob(etag))
        {
            return null;
        }

        // SHA-1 is what git names its objects with; it identifies content here, it does not authenticate it.
        IncrementalHash sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        sha1.AppendData(GitBlobHeader(length));
        return sha1;
    }

    /// <summary>Whether a name is the hash of a file's content; false for names that are no hash.</summary>
    public static bool IsHashOf(string etag, string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        using IncrementalHash? hash = StartFor(etag, stream.Length);
        if (hash is null)
        {
            return false;
        }

        byte[] buffer = new byte[256 * 1024];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Finish(hash) == etag;
    }

    public static string Finish(IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        int written = hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest[..written]);
    }
}
