using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Snug.AI;

/// <summary>
/// Sends requests to one server: the key goes with each request to the server's own address and is not carried to another one, and every
/// limit of time has a name. Nothing is retried.
/// </summary>
internal sealed class ProviderConnection : IDisposable
{
    private const int MaxErrorLength = 64 * 1024;

    private static readonly TimeSpan ErrorBodyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Letters of all languages as they are: a request is no web page.</summary>
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ProductInfoHeaderValue Agent = new("Snug", typeof(ProviderConnection).Assembly.GetName().Version?.ToString(3));

    private readonly OpenAICompatibleOptions _options;
    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly bool _ownsClient;
    private readonly Uri _base;

    public ProviderConnection(OpenAICompatibleOptions options, HttpClient? client, TimeProvider? time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        Errors = new ProviderErrors(options, _time);
        _base = options.BaseAddress ?? options.Server.BaseAddress ?? throw Errors.NoAddress();
        if (!_base.IsAbsoluteUri || _base.Scheme is not ("http" or "https") || _base.UserInfo.Length > 0 || _base.Fragment.Length > 0)
        {
            throw Errors.BadAddress();
        }

        _ownsClient = client is null;
        _client = client ?? CreateClient(options);
    }

    public ProviderErrors Errors { get; }

    /// <summary>The address without a query, for metadata.</summary>
    public Uri Address => new(_base.GetLeftPart(UriPartial.Path));

    /// <exception cref="ChatProviderException">The server cannot be reached in time or refuses.</exception>
    public async Task<ProviderAnswer> SendAsync(string path, JsonObject body, bool asStream, string? model, CancellationToken cancellationToken)
    {
        if (_options.Key is null && _options.Server.RequiresKey && IsUsualAddress)
        {
            throw Errors.NoKey();
        }

        Uri address = new UriBuilder(_base) { Path = _base.AbsolutePath.TrimEnd('/') + "/" + path }.Uri;
        using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = Serialize(body) };
        request.Headers.UserAgent.Add(Agent);
        request.Headers.Accept.Add(new(asStream ? "text/event-stream" : "application/json"));
        if (asStream)
        {
            // A server that does not stream answers in one piece, which is understood too.
            request.Headers.Accept.Add(new("application/json", 0.5));
        }

        if (_options.Key is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        }

        HttpResponseMessage response = await SendAsync(request, address, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!response.IsSuccessStatusCode)
            {
                string text = await ReadErrorAsync(response, cancellationToken).ConfigureAwait(false);
                throw Errors.FromResponse(response, text, address, model);
            }

            Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return new ProviderAnswer(response, new ProviderBody(stream, _options.IdleTimeout, Errors, _time, cancellationToken), Errors, address);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_ownsClient)
        {
            _client.Dispose();
        }
    }

    private bool IsUsualAddress => _options.BaseAddress is null || _options.BaseAddress.Host == _options.Server.BaseAddress?.Host;

    private static HttpClient CreateClient(OpenAICompatibleOptions options) => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    private static ByteArrayContent Serialize(JsonObject body)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, WriterOptions))
        {
            body.WriteTo(writer);
        }

        ByteArrayContent content = new(buffer.ToArray());
        content.Headers.ContentType = new("application/json");
        return content;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Uri address, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(_options.HeaderTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
        {
            throw Errors.TimedOut(ChatProviderTimeout.Headers, _options.HeaderTimeout, e);
        }
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException { InnerException: null } connect)
        {
            // The handler of somebody else has its own limit, which it does not tell.
            throw Errors.TimedOut(ChatProviderTimeout.Connect, _ownsClient ? _options.ConnectTimeout : null, connect);
        }
        catch (OperationCanceledException e)
        {
            throw Errors.TimedOut(ChatProviderTimeout.HttpClient, _client.Timeout, e);
        }
        catch (HttpRequestException e)
        {
            throw Errors.Network(e, address);
        }
    }

    /// <summary>Reads the beginning of an error's body; a body that cannot be read is no news beside the error itself.</summary>
    private async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(ErrorBodyTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using Stream stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            byte[] buffer = new byte[MaxErrorLength];
            int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token).ConfigureAwait(false);
            return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return "";
        }
    }
}
