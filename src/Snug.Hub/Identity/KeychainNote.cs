using System.Globalization;

namespace Snug.Hub;

/// <summary>
/// A file beside the token file that says that a token was put into the keychain, and under which name its owner knows it. It holds no secret.
/// </summary>
internal sealed class KeychainNote(string tokenPath)
{
    private const int MaxLength = 4096;

    private readonly string _path = Path.Join(Path.GetDirectoryName(tokenPath), "snug", "keychain");

    public bool Exists => File.Exists(_path);

    /// <summary>Changes whenever the note is written, by this or another process; <see langword="null"/> without a note.</summary>
    public string? Stamp => File.GetLastWriteTimeUtc(_path) is var time && Exists ? time.Ticks.ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>The name of the token, or <see langword="null"/> without a note.</summary>
    public string? ReadName()
    {
        try
        {
            return Exists && SecretFile.ReadText(_path, MaxLength).Trim() is { Length: > 0 } name ? name : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(string name) => SecretFile.Write(_path, name + "\n");

    public void Delete() => SecretFile.Delete(_path);
}
