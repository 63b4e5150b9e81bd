using System.Net.Http.Headers;
using Snug.Server;

namespace Snug.TestKit.Tests;

/// <summary>A hub with one small and one large file, asked by a plain client that follows no redirects.</summary>
public sealed class FaultyHub : IAsyncLifetime
{
    public const string Small = "org/model/resolve/main/config.json";
    public const string Large = "org/model/resolve/main/model.safetensors";
    public const int SmallSize = 3000;
    public const int LargeSize = 1_000_000;

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    public TestHub Hub { get; private set; } = null!;

    public byte[] LargeContent { get; private set; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        RepositoryContent large = RepositoryContent.Pseudorandom(LargeSize, 7);
        LargeContent = await large.ToArrayAsync(Cancellation);
        MemoryRepositorySource source = new();
        await SyntheticRepositories.AddAsync(
            source,
            "org/model",
            [("config.json", RepositoryContent.Pseudorandom(SmallSize, 3)), ("model.safetensors", large)]);
        Hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Hub.DisposeAsync();
    }

    public async Task<HttpResponseMessage> GetAsync(string path, (long First, long Last)? range = null, bool followToStorage = true)
    {
        Uri uri = new(Hub.Endpoint, path);
        HttpResponseMessage response = await SendAsync(uri, range);
        if (followToStorage && response.Headers.Location is { } location)
        {
            response.Dispose();
            response = await SendAsync(new Uri(uri, location), range);
        }

        return response;
    }

    private Task<HttpResponseMessage> SendAsync(Uri uri, (long First, long Last)? range)
    {
        HttpRequestMessage request = new(HttpMethod.Get, uri);
        if (range is { } wanted)
        {
            request.Headers.Range = new RangeHeaderValue(wanted.First, wanted.Last);
        }

        return _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    /// <summary>Reads a body until it ends or breaks.</summary>
    public static async Task<(byte[] Bytes, Exception? Problem)> ReadAsync(HttpResponseMessage response, TimeSpan? patience = null)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(patience ?? TimeSpan.FromSeconds(30));
        using MemoryStream bytes = new();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(deadline.Token);
            while (await body.ReadAsync(buffer, deadline.Token) is > 0 and int read)
            {
                bytes.Write(buffer, 0, read);
            }

            return (bytes.ToArray(), null);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            return (bytes.ToArray(), e);
        }
    }
}
