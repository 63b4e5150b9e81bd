using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Snug.Server;

/// <summary>
/// The absolute addresses that answers contain. They follow the host that the client used, so that one server works for its own machine,
/// for others and through forwarded ports alike.
/// </summary>
internal sealed class MirrorAddresses(HubServerOptions options)
{
    /// <summary>Where the main listener is; known once it listens.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Where the storage listener is; known once it listens.</summary>
    public Uri? Storage { get; set; }

    /// <summary>The main listener with its prefix, without a final slash.</summary>
    public string Base(HttpContext context)
    {
        if (options.PublicUrl is { } fixedUrl)
        {
            return fixedUrl.AbsoluteUri.TrimEnd('/') + options.PathPrefix;
        }

        HostString host = context.Request.Host;
        return host.HasValue ? $"{context.Request.Scheme}://{host.Value}{options.PathPrefix}" : Endpoint!.AbsoluteUri.TrimEnd('/');
    }

    /// <summary>The storage listener, without a final slash.</summary>
    public string StorageBase(HttpContext context)
    {
        if (options.PublicStorageUrl is { } fixedUrl)
        {
            return fixedUrl.AbsoluteUri.TrimEnd('/');
        }

        HostString host = context.Request.Host;
        return host.HasValue
            ? string.Create(CultureInfo.InvariantCulture, $"{Storage!.Scheme}://{host.Host}:{Storage.Port}")
            : Storage!.AbsoluteUri.TrimEnd('/');
    }

    /// <summary>The page where people read about a repository and ask for access.</summary>
    public string PageOf(HttpContext context, HostedRepository repository) => $"{Base(context)}/{repository.Id.UrlPath}";
}
