using System.Net;
using Microsoft.AspNetCore.Builder;
using Snug.Hub;
using Snug.Server;

namespace Snug.Cli;

/// <summary>
/// A Hub inside this process with the repositories that are shipped beside the tool, and an empty home in a temporary folder for those
/// who use it: nothing of the user's settings, token or cache takes part, and nothing stays.
/// </summary>
internal sealed class EmbeddedHub : IAsyncDisposable
{
    private readonly HubServer _server;

    private EmbeddedHub(HubServer server, string home)
    {
        _server = server;
        Home = home;
    }

    public Uri Endpoint => _server.Endpoint;

    /// <summary>The temporary folder; is deleted at the end.</summary>
    public string Home { get; }

    /// <summary>Starts it; it listens when the task ends.</summary>
    /// <param name="preloads">Whether all repositories are read first, so that no request waits for it.</param>
    /// <param name="configure">Sees each request first.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="CliException">The repositories are missing.</exception>
    public static async Task<EmbeddedHub> StartAsync(bool preloads, Action<IApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        string repositories = Path.Join(AppContext.BaseDirectory, "repositories");
        if (!Directory.Exists(repositories))
        {
            throw new CliException(
                ExitCodes.Storage, "incomplete_installation", $"The demonstration repositories are missing from '{repositories}'.",
                "Install the tool again.");
        }

        // A proxy of the environment is for the network, not for this machine.
        HttpClient.DefaultProxy = new WebProxy();
        FolderRepositorySource source = new(repositories);
        if (preloads)
        {
            await source.PreloadAsync(cancellationToken);
        }

        HubServer server = await HubServer.StartAsync(new HubServerOptions { Source = source, Configure = configure }, cancellationToken);
        return new EmbeddedHub(server, Directory.CreateTempSubdirectory("snug-demo-").FullName);
    }

    /// <summary>Options for a client of it.</summary>
    public HubClientOptions ClientOptions(CliConsole console)
    {
        HubClientOptions options = new()
        {
            Endpoint = Endpoint,
            CacheDirectory = Path.Join(Home, "hub"),
            Offline = false,
            UseImplicitToken = false,
            UseDotEnv = false,
            ReadVariable = name => name == "HF_HUB_DISABLE_PROGRESS_BARS" ? console.Variable(name) : null,
            UserAgent = "snug/" + Versions.Snug,
        };
        console.AdjustClient?.Invoke(options);
        return options;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        try
        {
            Directory.Delete(Home, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A temporary folder that stays is the system's to clean.
        }
    }
}
