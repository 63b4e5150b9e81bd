namespace Snug.Hub;

/// <summary>The file with the active token, in the form of the Python client: the token and nothing else.</summary>
internal static class TokenFile
{
    /// <summary>The most bytes that a token file may have.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>The token in the file, or <see langword="null"/> when there is no file, it cannot be read or holds no token.</summary>
    /// <param name="path">The file.</param>
    /// <param name="warnings">Receives what is wrong with it: an unusable token file must not stop the download of a public model.</param>
    public static AccessToken? TryRead(string path, List<string>? warnings = null)
    {
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                return null;
            }

            string text = SecretFile.ReadText(path, MaxLength);
            if (AccessToken.TryParse(text, out AccessToken? token))
            {
                if (SecretFile.FindExposure(path) is { } exposure)
                {
                    warnings?.Add(exposure);
                }

                return token;
            }

            if (!string.IsNullOrWhiteSpace(text))
            {
                warnings?.Add($"What the token file '{path}' holds cannot be a token; it is passed over.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warnings?.Add($"The token file '{path}' cannot be read ({(e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.'))}); it is passed over.");
        }

        return null;
    }
}
