using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Snug.Hub;
using Snug.Server;

namespace Snug.Cli;

/// <summary><c>snug serve</c>: the Hub's HTTP API over a folder of repositories or over the cache.</summary>
internal sealed class ServeCommand : SnugCommand
{
    private const string DefaultUrl = "http://127.0.0.1:8090";

    private readonly Option<string[]> _urls = new("--urls")
    {
        Description = $"Where to listen (default: {DefaultUrl}); port 0 takes any free one. Several: repeat, or put ';' between.",
        HelpName = "URLS",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _repositories = new("--repositories")
    {
        Description = "A folder of repositories to serve (see docs/mirror.md). Without it the Hugging Face cache is served.",
        HelpName = "DIR",
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Print every request." };

    public ServeCommand(CliConsole console, CommonOptions common)
        : base("serve", "Serve a folder of repositories, or the cache, to every client of the Hub.", console, common) =>
        AddAll(_urls, _repositories, common.CacheDirectory, _verbose, common.Quiet);

    public override IReadOnlyList<string> Examples =>
    [
        "snug serve                                   serve what is in the cache",
        "snug serve --repositories ./repositories     serve a folder",
        "snug serve --urls http://0.0.0.0:8090        let other machines in",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        HubSettings settings = HubSettings.Resolve(invocation.ClientOptions());
        IRepositorySource source = await OpenAsync(invocation, settings, cancellationToken);
        string[] urls = invocation.Get(_urls) is { Length: > 0 } given
            ? [.. given.SelectMany(u => u.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]
            : [DefaultUrl];
        await using HubServer server = await StartAsync(invocation, source, urls, cancellationToken);

        string endpoint = server.Endpoint.AbsoluteUri.TrimEnd('/');
        invocation.Write(endpoint);
        invocation.Console.Out.Flush();
        invocation.Messages.Say("Clients use it with:");
        invocation.Messages.Say(OperatingSystem.IsWindows() ? $"  $env:HF_ENDPOINT = '{endpoint}'" : $"  export HF_ENDPOINT={endpoint}");
        invocation.Messages.Hint("Press Ctrl-C to stop.");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Being stopped is how a server ends well.
            invocation.Messages.Say("Stopped.");
        }

        return ExitCodes.Done;
    }

    private async Task<IRepositorySource> OpenAsync(Invocation invocation, HubSettings settings, CancellationToken cancellationToken)
    {
        if (invocation.Get(_repositories) is not { } folder)
        {
            if (!Directory.Exists(settings.CacheDirectory))
            {
                throw CliException.Usage(
                    $"There is no cache to serve at '{settings.CacheDirectory}'.",
                    "Download something first, for example: snug download openai/whisper-tiny",
                    "Or serve a folder of repositories with --repositories DIR.");
            }

            invocation.Messages.Say($"Serving the cache {settings.CacheDirectory}");
            return new CacheRepositorySource(settings.CacheDirectory, new FolderRepositorySourceOptions { HashIndexFile = IndexFile(settings, settings.CacheDirectory) });
        }

        folder = Path.GetFullPath(folder);
        if (!Directory.Exists(folder))
        {
            throw CliException.Usage($"There is no folder '{folder}'.", "Name a folder with 'models', 'datasets' or 'spaces' in it.");
        }

        FolderRepositorySource source;
        try
        {
            source = new FolderRepositorySource(folder, new FolderRepositorySourceOptions { HashIndexFile = IndexFile(settings, folder) });
        }
        catch (InvalidDataException e)
        {
            throw CliException.Usage(e.Message, "Correct the file; docs/mirror.md describes it.");
        }

        invocation.Messages.Say($"Serving the repositories in {folder}");
        await source.PreloadAsync(cancellationToken);
        return source;
    }

    private async Task<HubServer> StartAsync(Invocation invocation, IRepositorySource source, string[] urls, CancellationToken cancellationToken)
    {
        HubServerOptions options = new() { Source = source, Urls = urls, StorageUrl = StorageUrl(urls[0]) };
        if (invocation.Get(_verbose))
        {
            options = options with { Configure = application => RequestLog.Use(application, invocation.Console) };
        }

        try
        {
            return await HubServer.StartAsync(options, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw CliException.Usage(e.Message.Split(" (Parameter", 2)[0]);
        }
        catch (IOException e)
        {
            throw new CliException(
                ExitCodes.Unexpected, "address_in_use", $"Cannot listen on {string.Join(", ", urls)}: {e.Message}",
                "Choose another port with --urls http://127.0.0.1:PORT; port 0 takes any free one.");
        }
    }

    /// <summary>Large files come from a second port on the same addresses as the first listener.</summary>
    private static string StorageUrl(string url)
    {
        int port = url.LastIndexOf(':');
        return port > "https:".Length ? url[..port] + ":0" : url + ":0";
    }

    /// <summary>Where hashes of the files of a folder are kept between runs: beside the cache, never in the folder itself.</summary>
    private static string? IndexFile(HubSettings settings, string folder)
    {
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)).AsSpan(0, 8));
        string directory = Path.Join(settings.HomeDirectory, "snug", "hashes");
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A read-only home only means that files are hashed again next time.
            return null;
        }

        return Path.Join(directory, name + ".tsv");
    }
}
