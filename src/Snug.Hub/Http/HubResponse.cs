using System.Globalization;
using System.Net;

namespace Snug.Hub;

/// <summary>
/// The answer to a <see cref="HubRequest"/> with what the Hub said about the file on the way: the commit and the
/// <c>X-Linked-*</c> headers stand on the redirect, not on the storage's answer.
/// </summary>
internal sealed class HubResponse(HttpResponseMessage message, Uri uri, bool fromEndpoint) : IDisposable
{
    private const int MaxHeaderLength = 512;

    /// <summary>The last answer in the chain of redirects.</summary>
    public HttpResponseMessage Message { get; } = message;

    /// <summary>Where the last answer came from.</summary>
    public Uri Uri { get; } = uri;

    /// <summary>Whether the last answer came from the endpoint's own origin.</summary>
    public bool FromEndpoint { get; } = fromEndpoint;

    /// <summary>The commit that the revision resolved to, if the Hub said so.</summary>
    public string? Commit { get; private set; }

    /// <summary>The blob name: <c>X-Linked-Etag</c>, else the endpoint's own <c>ETag</c>.</summary>
    public string? Etag { get; private set; }

    /// <summary>The file's size in bytes: <c>X-Linked-Size</c>, else the length of an answer that is no redirect.</summary>
    public long? Size { get; private set; }

    /// <summary>The Xet hash of the file, if the Hub named one.</summary>
    public string? XetHash { get; private set; }

    /// <summary>Takes the metadata off one answer of the chain; the first that names a value wins.</summary>
    public void Collect(HttpResponseMessage hop, bool hopFromEndpoint)
    {
        if (!hopFromEndpoint)
        {
            return;
        }

        bool redirect = hop.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest;
        Commit ??= Header(hop, "X-Repo-Commit") is { } commit && Revisions.IsCommit(commit) ? commit : null;
        XetHash ??= Header(hop, "X-Xet-Hash");
        string? linked = Header(hop, "X-Linked-Etag");
        if (linked is not null || !redirect)
        {
            Etag ??= NormalizeEtag(linked ?? Header(hop, "ETag"));
        }

        if (long.TryParse(Header(hop, "X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size))
        {
            Size ??= size;
        }
        else if (!redirect && hop.StatusCode == HttpStatusCode.PartialContent)
        {
            Size ??= hop.Content.Headers.ContentRange?.Length;
        }
        else if (!redirect && hop.Content.Headers.ContentEncoding.Count == 0)
        {
            Size ??= hop.Content.Headers.ContentLength;
        }
    }

    public void CopyMetadataTo(HubResponse later)
    {
        later.Commit = Commit;
        later.Etag = Etag;
        later.Size = Size;
        later.XetHash = XetHash;
    }

    public void Dispose() => Message.Dispose();

    /// <summary>Strips the weak mark and quotes; an etag that could not be a file name counts as missing.</summary>
    public static string? NormalizeEtag(string? etag)
    {
        if (etag is null)
        {
            return null;
        }

        ReadOnlySpan<char> text = etag.AsSpan().Trim();
        if (text.StartsWith("W/", StringComparison.Ordinal))
        {
            text = text[2..];
        }

        text = text.Trim('"');
        string name = text.ToString();
        return name.Length is > 0 and <= 200 && !name.Contains('/', StringComparison.Ordinal) && RepositoryPath.FindProblem(name) is null ? name : null;
    }

    public static string? Header(HttpResponseMessage message, string name)
    {
        if (!message.Headers.NonValidated.TryGetValues(name, out System.Net.Http.Headers.HeaderStringValues values))
        {
            return null;
        }

        string text = values.ToString();
        return text.Length <= MaxHeaderLength ? text : null;
    }
}
