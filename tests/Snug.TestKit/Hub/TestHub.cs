using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Snug.Hub;
using Snug.Server;

namespace Snug.TestKit;

/// <summary>
/// The mirror on loopback, with a log of its requests and with faults in front of both listeners; reached directly, or over
/// shaped links.
/// </summary>
public sealed class TestHub : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly List<ShapedLink> _links = [];
    private HubServer _server = null!;

    private TestHub()
    {
    }

    /// <summary>The address to give to clients.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>The address of the storage, or <see langword="null"/> when large files come from <see cref="Endpoint"/>.</summary>
    public Uri? StorageEndpoint { get; private set; }

    /// <summary>What the hub was asked.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>What goes wrong; may be changed at any time.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>Starts a hub.</summary>
    /// <param name="source">The repositories.</param>
    /// <param name="link">How clients reach it; directly when missing.</param>
    /// <param name="configure">Changes the options of the mirror.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static async Task<TestHub> StartAsync(
        IRepositorySource source,
        LinkShape? link = null,
        Func<HubServerOptions, HubServerOptions>? configure = null,
        CancellationToken cancellationToken = default)
    {
        TestHub hub = new();
        HubServerOptions options = new() { Source = source, Configure = hub.Configure };
        options = configure?.Invoke(options) ?? options;
        ShapedLink? front = null;
        ShapedLink? storage = null;
        if (link is not null)
        {
            hub._links.Add(front = ShapedLink.Listen(link));
            if (options.StorageUrl is not null)
            {
                // Signed addresses must lead over the link as well.
                hub._links.Add(storage = ShapedLink.Listen(link));
                options = options with { PublicStorageUrl = storage.Address };
            }
        }

        hub._server = await HubServer.StartAsync(options, cancellationToken);
        front?.ConnectTo(hub._server.Endpoint);
        storage?.ConnectTo(hub._server.StorageEndpoint!);
        hub.Endpoint = front is null ? hub._server.Endpoint : new Uri(front.Address, hub._server.Endpoint.AbsolutePath);
        hub.StorageEndpoint = storage?.Address ?? hub._server.StorageEndpoint;
        return hub;
    }

    /// <summary>A client of this hub that knows nothing of the environment and does not wait long between tries.</summary>
    public HubClient CreateClient(TemporaryCache cache, Action<HubClientOptions>? configure = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(cache);
        HubClientOptions options = new()
        {
            Endpoint = Endpoint,
            CacheDirectory = cache.Root,
            Offline = false,
            DisableSymlinks = false,
            UseImplicitToken = false,
            HeaderTimeout = TimeSpan.FromSeconds(10),
            IdleTimeout = TimeSpan.FromSeconds(10),
            RetryBaseDelay = TimeSpan.FromMilliseconds(5),
        };
        configure?.Invoke(options);
        return new HubClient(options, timeProvider: timeProvider);
    }

    /// <summary>Stops the hub; stalled exchanges are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        foreach (ShapedLink link in _links)
        {
            await link.DisposeAsync();
        }

        await _server.DisposeAsync();
        _closing.Dispose();
    }

    private void Configure(IApplicationBuilder application) => application.Use(HandleAsync);

    private async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        RequestRecord record = Describe(context);
        Requests.Add(record);
        record.Fault = Faults.Find(record);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _closing.Token);
        IHttpResponseBodyFeature body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new CountingBody(body, record));
        context.Response.OnStarting(
            () =>
            {
                // An exchange that is cut before its answer still comes here, with a status that nobody sees.
                record.Status = record.IsCut ? 0 : context.Response.StatusCode;
                return Task.CompletedTask;
            });
        context.Response.OnCompleted(
            () =>
            {
                record.IsWhole = !record.IsCut
                    && !context.RequestAborted.IsCancellationRequested
                    && (context.Response.ContentLength is not { } length || HttpMethods.IsHead(record.Method) || record.BytesSent == length);
                record.End();
                return Task.CompletedTask;
            });
        try
        {
            if (record.Fault is { } fault)
            {
                await fault.PlayAsync(new FaultExchange(context, record, () => next(context), ending.Token));
            }
            else
            {
                await next(context);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            context.Features.Set(body);
        }
    }

    private RequestRecord Describe(HttpContext context)
    {
        HttpRequest request = context.Request;
        IHeaderDictionary headers = request.Headers;
        return new RequestRecord
        {
            Listener = _server?.StorageEndpoint?.Port == context.Connection.LocalPort ? HubListener.Storage : HubListener.Endpoint,
            Method = request.Method,
            Path = request.Path.Value ?? "/",
            Query = request.QueryString.Value ?? "",
            Host = request.Host.Value ?? "",
            Range = headers.TryGetValue(HeaderNames.Range, out Microsoft.Extensions.Primitives.StringValues range) ? range.ToString() : null,
            HasAuthorization = headers.ContainsKey(HeaderNames.Authorization),
            HasToken = request.QueryString.Value?.Contains("hf_", StringComparison.Ordinal) == true
                || headers.Any(header => header.Value.ToString().Contains("hf_", StringComparison.Ordinal)),
            UserAgent = headers.UserAgent,
            Connection = context.Connection.Id,
        };
    }
}
