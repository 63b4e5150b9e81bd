using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Snug.Server;

/// <summary>Makes and checks addresses of the storage listener: whoever has one may read that file until it expires, with no token.</summary>
internal sealed class StorageSigner(TimeSpan lifetime, TimeProvider time)
{
    private const string ExpiresName = "Expires";
    private const string SignatureName = "Signature";

    // What RFC 3986 calls unreserved, and the slash between folders.
    private static readonly SearchValues<char> PlainPathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/");

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public string Sign(HostedRepository repository, HostedCommit commit, HostedFile file)
    {
        string path = $"/{repository.Id.TypePlural}/{repository.Id.FullName}/{commit.Id}/{EscapePath(file.Path)}";
        string expires = time.GetUtcNow().Add(lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{path}?{ExpiresName}={expires}&{SignatureName}={Signature(path, expires)}";
    }

    public bool IsValid(string path, string query)
    {
        string? expires = QueryString.Get(query, ExpiresName);
        string? signature = QueryString.Get(query, SignatureName);
        return expires is not null
            && signature is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Signature(path, expires)))
            && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out long until)
            && time.GetUtcNow().ToUnixTimeSeconds() < until;
    }

    public static string EscapePath(string path) => path.AsSpan().ContainsAnyExcept(PlainPathCharacters)
        ? Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)
        : path;

    private string Signature(string path, string expires) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{path}\n{expires}")));
}
