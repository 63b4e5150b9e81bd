using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Snug.Server;

/// <summary>
/// A server that speaks the Hub's HTTP API over a source of repositories, for every client that can be given another endpoint.
/// </summary>
public sealed class HubServer : IAsyncDisposable
{
    /// <summary>Paths of four thousand characters, each sent as up to three.</summary>
    private const int MaxRequestLine = 32 * 1024;

    /// <summary>How much of a body may wait to be sent on one connection.</summary>
    private const int MaxResponseBuffer = 512 * 1024;

    private readonly WebApplication _application;

    private HubServer(WebApplication application, Uri endpoint, Uri? storage)
    {
        _application = application;
        Endpoint = endpoint;
        StorageEndpoint = storage;
    }

    /// <summary>The address to give to clients, prefix included; the first when there are several.</summary>
    public Uri Endpoint { get; }

    /// <summary>The address of the storage listener, or <see langword="null"/> when it is off.</summary>
    public Uri? StorageEndpoint { get; }

    /// <summary>Starts a server; it listens when the task ends.</summary>
    /// <exception cref="ArgumentException">An address or the prefix has the wrong form.</exception>
    /// <exception cref="IOException">An address is in use.</exception>
    public static async Task<HubServer> StartAsync(HubServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options with { PathPrefix = NormalizePrefix(options.PathPrefix) };
        List<(Uri Url, bool IsStorage)> listeners = [.. options.Urls.Select(url => (ParseUrl(url), false))];
        if (listeners.Count == 0)
        {
            throw new ArgumentException("There must be at least one address to listen on.", nameof(options));
        }

        if (options.StorageUrl is { } storageUrl)
        {
            listeners.Add((ParseUrl(storageUrl), true));
        }

        // Nothing of the defaults: no settings files, no environment, no console, no handling of Ctrl-C, which are the program's to decide.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, QuietLifetime>());
        if (options.LoggerFactory is { } loggerFactory)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(loggerFactory));
        }

        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, listeners));
        WebApplication application = builder.Build();
        MirrorAddresses addresses = new(options);
        HubMirror mirror = new(options, addresses);
        options.Configure?.Invoke(application);
        application.Run(mirror.InvokeAsync);
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        // Kestrel lists what it listens on in the order of the listeners.
        string[] bound = [.. application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];
        Uri endpoint = new(WithKnownHost(bound[0]) + options.PathPrefix);
        Uri? storage = options.StorageUrl is null ? null : new Uri(WithKnownHost(bound[^1]));
        addresses.Set(endpoint, storage);
        return new HubServer(application, endpoint, storage);
    }

    /// <summary>Waits until the server is disposed of, or the token is cancelled, which stops it.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _application.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops the server: no new connections, and a moment for requests that are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        try
        {
            await _application.StopAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Whoever still reads is cut off.
        }

        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static void Configure(KestrelServerOptions kestrel, List<(Uri Url, bool IsStorage)> listeners)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxRequestLineSize = MaxRequestLine;
        limits.MaxResponseBufferSize = MaxResponseBuffer;

        // A model on a slow line takes hours, and a client that pauses is not an attack worth a broken download.
        limits.MinResponseDataRate = null;
        limits.MinRequestBodyDataRate = null;
        foreach ((Uri url, bool isStorage) in listeners)
        {
            Action<ListenOptions> mark = listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (isStorage)
                {
                    listen.Use(next => connection =>
                    {
                        connection.Features.Set(StorageConnection.Instance);
                        return next(connection);
                    });
                }
            };
            if (IPAddress.TryParse(url.Host.Trim('[', ']'), out IPAddress? address))
            {
                kestrel.Listen(address, url.Port, mark);
            }
            else if (url.Host == "localhost" && url.Port != 0)
            {
                kestrel.ListenLocalhost(url.Port, mark);
            }
            else if (url.Host == "localhost")
            {
                // One free port on two address families cannot be had at once.
                kestrel.Listen(IPAddress.Loopback, 0, mark);
            }
            else
            {
                kestrel.ListenAnyIP(url.Port, mark);
            }
        }
    }

    private static Uri ParseUrl(string url)
    {
        // "*" and "+" stand for every address, here as in other servers of this platform.
        string readable = url.Replace("//*", "//any.invalid", StringComparison.Ordinal).Replace("//+", "//any.invalid", StringComparison.Ordinal);
        return Uri.TryCreate(readable, UriKind.Absolute, out Uri? parsed) && parsed.Scheme == Uri.UriSchemeHttp && parsed.AbsolutePath == "/"
            ? parsed
            : throw new ArgumentException($"'{url}' is not an address to listen on; write http://HOST:PORT.", nameof(url));
    }

    private static string NormalizePrefix(string prefix)
    {
        string trimmed = prefix.Trim('/');
        return trimmed.Length == 0
            ? string.Empty
            : trimmed.AsSpan().ContainsAnyExcept(PrefixCharacters)
                ? throw new ArgumentException("A path prefix has letters, digits, '-', '_', '.' and '/' only.", nameof(prefix))
                : "/" + trimmed;
    }

    private static readonly System.Buffers.SearchValues<char> PrefixCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./");

    /// <summary>An address that means "every one of this machine" is of no use to a client.</summary>
    private static string WithKnownHost(string address)
    {
        Uri bound = new(address.Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal));
        return bound.Host is "0.0.0.0" or "[::]"
            ? string.Create(CultureInfo.InvariantCulture, $"http://localhost:{bound.Port}")
            : bound.GetLeftPart(UriPartial.Authority);
    }
}
