using System.Net;
using Snug.AI;
using Snug.Hosting;
using Snug.Server;

namespace ChatApi;

/// <summary>A Hub inside this process that has the demonstration model, and a cache that goes with it: no network, no token, nothing stays.</summary>
internal sealed class DemonstrationHub : IAsyncDisposable
{
    private readonly HubServer _server;
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("chat-api-");

    private DemonstrationHub(HubServer server) => _server = server;

    /// <summary>The engine of Snug, with the model of this Hub.</summary>
    public static LlmConfiguration Provider { get; } = new() { Provider = "huggingface", Model = "snug/demonstration-model", UseAuthToken = false };

    public static async Task<DemonstrationHub> StartAsync()
    {
        // A proxy of the environment is for the network, not for this machine.
        HttpClient.DefaultProxy = new WebProxy();
        FolderRepositorySource source = new(Path.Join(AppContext.BaseDirectory, "repositories"));
        return new DemonstrationHub(await HubServer.StartAsync(new HubServerOptions { Source = source }));
    }

    /// <summary>Points the application to it, whatever the environment says.</summary>
    public void Configure(SnugOptions options)
    {
        options.Hub.Endpoint = _server.Endpoint;
        options.Hub.CacheDirectory = _cache.FullName;
        options.Hub.Offline = false;
        options.Hub.UseImplicitToken = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _cache.Delete(recursive: true);
    }
}
