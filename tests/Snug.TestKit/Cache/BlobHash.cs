using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Snug.TestKit;

/// <summary>The hashes that name blobs, computed here anew: a test must not believe the code that it tests.</summary>
public static class BlobHash
{
    /// <summary>The length of a SHA-256 digest in hexadecimal digits.</summary>
    private const int Sha256Length = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether a name is a hash.</summary>
    public static bool IsHash(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is 40 or Sha256Length && !name.AsSpan().ContainsAnyExcept(HexDigits);
    }

    /// <summary>The hash of a file: SHA-256 for names of 64 digits, that of a git blob for names of 40.</summary>
    /// <returns>The hash, or <see langword="null"/> when the file has gone meanwhile.</returns>
    public static string? Of(string path, int nameLength)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            using IncrementalHash hash = IncrementalHash.CreateHash(nameLength == Sha256Length ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
            if (nameLength != Sha256Length)
            {
                hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Length}\0")));
            }

            byte[] buffer = new byte[256 * 1024];
            while (file.Read(buffer) is > 0 and int read)
            {
                hash.AppendData(buffer, 0, read);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
