using System.Diagnostics.CodeAnalysis;

namespace Snug.Hub;

/// <summary>
/// A repository with, optionally, a revision and a path in it: what a Hub address or a <c>hf://</c> URI points at.
/// </summary>
/// <param name="Repository">The repository.</param>
/// <param name="Revision">Branch, tag or commit, or <see langword="null"/> when the text named none.</param>
/// <param name="Path">A file or folder inside the repository, or <see langword="null"/>.</param>
public sealed record RepositoryReference(RepositoryId Repository, string? Revision = null, string? Path = null)
{
    /// <summary>The longest text that is parsed, in characters.</summary>
    public const int MaxTextLength = 4096;

    private static readonly string[] KnownHosts = ["huggingface.co", "www.huggingface.co", "hf.co"];

    /// <summary>
    /// Parses what people paste: <c>org/name</c>, <c>datasets/org/name</c>, <c>hf://org/name@rev/file</c>,
    /// <c>https://huggingface.co/org/name/resolve/main/file</c> (also <c>blob</c>, <c>raw</c>, <c>tree</c> and <c>commit</c> pages).
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="endpoint">A Hub other than the public one whose addresses are recognized too.</param>
    /// <exception cref="HubException">The text names no repository (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public static RepositoryReference Parse(string text, Uri? endpoint = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, endpoint, out RepositoryReference? reference, out string? problem)
            ? reference
            : throw HubException.InvalidRepositoryId(text, problem);
    }

    /// <summary>
    /// The address that <see cref="Parse"/> reads back: of the file's content (<c>…/resolve/REVISION/PATH</c>, <c>main</c> where no revision is named),
    /// or of the repository's page where there is no path.
    /// </summary>
    /// <param name="endpoint">The Hub, such as <see cref="HubSettings.Endpoint"/>.</param>
    public Uri ToAddress(Uri endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return Path is { } path
            ? HubUrls.Resolve(endpoint, Repository, Revision ?? Revisions.Default, path)
            : new Uri(HubUrls.Page(endpoint, Repository));
    }

    internal static bool TryParse(
        string? text, Uri? endpoint, [NotNullWhen(true)] out RepositoryReference? reference, [NotNullWhen(false)] out string? problem)
    {
        reference = null;
        if (text is null || text.Length > MaxTextLength)
        {
            problem = text is null ? "it is missing" : "it is too long";
            return false;
        }

        string trimmed = text.Trim();
        if (trimmed.StartsWith("hf://", StringComparison.OrdinalIgnoreCase))
        {
            return TryParseHfUri(trimmed["hf://".Length..], out reference, out problem);
        }

        if (trimmed.Contains("://", StringComparison.Ordinal))
        {
            return TryParseWebAddress(trimmed, endpoint, out reference, out problem);
        }

        foreach (string host in KnownHosts)
        {
            // Addresses are often pasted without their scheme.
            if (trimmed.StartsWith(host + "/", StringComparison.OrdinalIgnoreCase))
            {
                return TryParseWebAddress("https://" + trimmed, endpoint, out reference, out problem);
            }
        }

        (RepositoryType type, string rest) = SplitType(trimmed);
        if (!RepositoryId.TryCreate(type, rest, out RepositoryId? id, out problem))
        {
            return false;
        }

        reference = new RepositoryReference(id);
        return true;
    }

    private static bool TryParseWebAddress(
        string text, Uri? endpoint, [NotNullWhen(true)] out RepositoryReference? reference, [NotNullWhen(false)] out string? problem)
    {
        reference = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
        {
            problem = "it is not a web address that can be read";
            return false;
        }

        string path = uri.AbsolutePath;
        if (endpoint is not null && uri.Host == endpoint.Host && uri.Port == endpoint.Port)
        {
            string prefix = endpoint.AbsolutePath.TrimEnd('/');
            if (prefix.Length > 0 && path.StartsWith(prefix + "/", StringComparison.Ordinal))
            {
                path = path[prefix.Length..];
            }
        }
        else if (!KnownHosts.Contains(uri.Host, StringComparer.OrdinalIgnoreCase))
        {
            problem = $"the host '{uri.Host}' is not the Hub; set HF_ENDPOINT to use a mirror";
            return false;
        }

        (RepositoryType type, string rest) = SplitType(path.Trim('/'));
        string[] segments = rest.Split('/');
        int marker = Array.FindIndex(segments, s => s is "resolve" or "blob" or "raw" or "tree" or "commit" or "commits" or "discussions");
        int idLength = marker is 1 or 2 ? marker : Math.Min(segments.Length, 2);
        if (!RepositoryId.TryCreate(type, Uri.UnescapeDataString(string.Join('/', segments[..idLength])), out RepositoryId? id, out problem))
        {
            return false;
        }

        if (marker is not (1 or 2) || segments[marker] == "discussions")
        {
            reference = new RepositoryReference(id);
            return true;
        }

        (string? revision, string? file) = SplitRevision(segments[(marker + 1)..]);
        return TryFinish(id, revision, file, out reference, out problem);
    }

    private static bool TryParseHfUri(
        string text, [NotNullWhen(true)] out RepositoryReference? reference, [NotNullWhen(false)] out string? problem)
    {
        reference = null;
        (RepositoryType type, string rest) = SplitType(text);
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        string idText;
        string? revision = null;
        string? file = null;
        if (at >= 0)
        {
            idText = rest[..at];
            (revision, file) = SplitRevision(rest[(at + 1)..].Split('/'));
        }
        else
        {
            string[] segments = rest.Split('/');
            idText = string.Join('/', segments.Take(2));
            file = segments.Length > 2 ? Uri.UnescapeDataString(string.Join('/', segments.Skip(2))) : null;
        }

        return RepositoryId.TryCreate(type, idText, out RepositoryId? id, out problem)
            && TryFinish(id, revision, file, out reference, out problem);
    }

    private static bool TryFinish(
        RepositoryId id, string? revision, string? file,
        [NotNullWhen(true)] out RepositoryReference? reference, [NotNullWhen(false)] out string? problem)
    {
        reference = null;
        file = file?.TrimEnd('/');
        if (string.IsNullOrEmpty(file))
        {
            file = null;
        }

        problem = revision is null ? null : Revisions.FindProblem(revision);
        problem ??= file is null ? null : RepositoryPath.FindProblem(file);
        if (problem is not null)
        {
            return false;
        }

        reference = new RepositoryReference(id, revision, file);
        return true;
    }

    /// <summary>Takes a revision off the front: <c>refs/pr/N</c> and <c>refs/convert/X</c> span three segments, all others one.</summary>
    private static (string? Revision, string? Path) SplitRevision(string[] segments)
    {
        if (segments.Length == 0 || segments[0].Length == 0)
        {
            return (null, null);
        }

        int length = segments.Length >= 3 && segments[0] == "refs" && segments[1] is "pr" or "convert" or "heads" or "tags" ? 3 : 1;
        string revision = Uri.UnescapeDataString(string.Join('/', segments[..length]));
        string path = Uri.UnescapeDataString(string.Join('/', segments[length..]));
        return (revision, path);
    }

    private static (RepositoryType Type, string Path) SplitType(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? (RepositoryType.Model, text)
            : text[..slash] switch
            {
                "models" => (RepositoryType.Model, text[(slash + 1)..]),
                "datasets" => (RepositoryType.Dataset, text[(slash + 1)..]),
                "spaces" => (RepositoryType.Space, text[(slash + 1)..]),
                _ => (RepositoryType.Model, text),
            };
    }
}
