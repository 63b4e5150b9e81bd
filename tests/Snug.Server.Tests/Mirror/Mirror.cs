using System.Net;
using System.Text.Json;

namespace Snug.Server.Tests;

/// <summary>A running mirror and a client that follows no redirects.</summary>
internal sealed class Mirror : IAsyncDisposable
{
    private readonly HubServer _server;

    private Mirror(HubServer server)
    {
        _server = server;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            BaseAddress = new Uri(server.Endpoint.AbsoluteUri.TrimEnd('/') + "/"),
        };
    }

    public HttpClient Client { get; }

    public Uri Endpoint => _server.Endpoint;

    public Uri? Storage => _server.StorageEndpoint;

    public static Task<Mirror> OfSamplesAsync(Func<HubServerOptions, HubServerOptions>? change = null) =>
        StartAsync(new FolderRepositorySource(Files.Samples), change);

    public static async Task<Mirror> StartAsync(IRepositorySource source, Func<HubServerOptions, HubServerOptions>? change = null)
    {
        HubServerOptions options = new() { Source = source };
        return new Mirror(await HubServer.StartAsync(change?.Invoke(options) ?? options, TestContext.Current.CancellationToken));
    }

    public static string Token(string name) => ("hf_DEMO" + name).PadRight(45, '0');

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public Task<HttpResponseMessage> HeadAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Head, path, headers);

    public Task<HttpResponseMessage> GetAsAsync(string token, string path) => GetAsync(path, ("Authorization", "Bearer " + Token(token)));

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(method, path);
        foreach ((string name, string value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent content) =>
        Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);

    public async Task<JsonElement> JsonAsync(string path)
    {
        using HttpResponseMessage response = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
