namespace Snug.Hub;

/// <summary>The token file that the Python client's <c>login</c> writes.</summary>
internal static class StoredToken
{
    private const int MaxFileLength = 64 * 1024;

    /// <summary>The token in the file, or <see langword="null"/> when there is no file, it cannot be read or holds no token.</summary>
    public static AccessToken? TryRead(string path)
    {
        try
        {
            FileInfo file = new(path);
            return file.Exists && file.Length <= MaxFileLength && AccessToken.TryParse(File.ReadAllText(path), out AccessToken? token)
                ? token
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An unreadable token file must not stop the download of a public model.
            return null;
        }
    }
}
