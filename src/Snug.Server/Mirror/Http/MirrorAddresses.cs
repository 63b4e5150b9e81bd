using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Snug.Server;

/// <summary>
/// The absolute addresses that answers contain. They follow the host that the client used, so that one server works for its own machine,
/// for others and through forwarded ports alike.
/// </summary>
internal sealed class MirrorAddresses(HubServerOptions options)
{
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where the main listener is.</summary>
    public Uri? Endpoint { get; private set; }

    /// <summary>Where the storage listener is.</summary>
    public Uri? Storage { get; private set; }

    /// <summary>Done when the addresses are known: a moment after the listeners are open, in which requests can already come.</summary>
    public Task Known => _known.Task;

    public void Set(Uri endpoint, Uri? storage)
    {
        Endpoint = endpoint;
        Storage = storage;
        _known.SetResult();
    }

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
