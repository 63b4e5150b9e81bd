using System.Text;

namespace Snug.Hub;

/// <summary>Addresses of the Hub's HTTP API, under an endpoint that may have a path prefix.</summary>
internal static class HubUrls
{
    public static Uri WhoAmI(Uri endpoint) => Make(endpoint, "/api/whoami-v2");

    public static Uri Info(Uri endpoint, RepositoryId id, string? revision) =>
        Make(endpoint, revision is null ? Api(id) : $"{Api(id)}/revision/{Uri.EscapeDataString(revision)}");

    /// <summary>Information with the files; their sizes come with it when asked for.</summary>
    public static Uri InfoWithFiles(Uri endpoint, RepositoryId id, string revision, bool sizes) =>
        Make(endpoint, $"{Api(id)}/revision/{Uri.EscapeDataString(revision)}{(sizes ? "?blobs=true" : "")}");

    public static Uri AuthCheck(Uri endpoint, RepositoryId id) => Make(endpoint, $"{Api(id)}/auth-check");

    public static Uri Tree(Uri endpoint, RepositoryId id, string revision, string? folder, bool recursive, bool expand) =>
        Make(endpoint, $"{Api(id)}/tree/{Uri.EscapeDataString(revision)}{(folder is null ? "" : "/" + EscapePath(folder))}"
            + $"?recursive={(recursive ? "true" : "false")}&expand={(expand ? "true" : "false")}");

    public static Uri PathsInfo(Uri endpoint, RepositoryId id, string revision) =>
        Make(endpoint, $"{Api(id)}/paths-info/{Uri.EscapeDataString(revision)}");

    public static Uri Refs(Uri endpoint, RepositoryId id) => Make(endpoint, $"{Api(id)}/refs");

    public static Uri Resolve(Uri endpoint, RepositoryId id, string revision, string path) =>
        Make(endpoint, $"/{id.UrlPath}/resolve/{Uri.EscapeDataString(revision)}/{EscapePath(path)}");

    /// <summary>The page a person opens to read about the repository, accept its terms or ask for access.</summary>
    public static string Page(Uri endpoint, RepositoryId id) => Make(endpoint, "/" + id.UrlPath).AbsoluteUri;

    /// <summary>Whether two addresses have the same scheme, host and port, the condition for sending the token along.</summary>
    public static bool SameOrigin(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.IdnHost, b.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static string Api(RepositoryId id) => $"/api/{id.TypePlural}/{id.FullName}";

    private static Uri Make(Uri endpoint, string path) => new(endpoint.AbsoluteUri.TrimEnd('/') + path);

    private static string EscapePath(string path)
    {
        StringBuilder builder = new(path.Length + 16);
        foreach (Range range in path.AsSpan().Split('/'))
        {
            if (builder.Length > 0)
            {
                builder.Append('/');
            }

            builder.Append(Uri.EscapeDataString(path.AsSpan()[range]));
        }

        return builder.ToString();
    }
}
