using System.Text;
using Snug.Hub;
using Snug.Server;

namespace Snug.Bench;

internal sealed class CurlPeer : Peer
{
    public override string Name => "curl";

    public override string Does => "is given the addresses; `-Z` for many files; no hashing";

    public override async Task<(string? Version, string? Problem)> PrepareAsync()
    {
        (string? version, string? problem) = await ProbeAsync("curl", "--version");
        return (version?.Split(" (")[0], problem);
    }

    public override async Task<(ProcessMeter.Usage Usage, string Files)> DownloadAsync(string endpoint, RepositoryId id, Contents contents, string folder)
    {
        StringBuilder list = new();
        foreach ((string path, RepositoryContent _) in contents.Of(id))
        {
            list.Append($"url = \"{Url(endpoint, id, path)}\"\noutput = \"{Path.Join(folder, path)}\"\n");
        }

        string config = Path.Join(folder, "curl.txt");
        await File.WriteAllTextAsync(config, list.ToString());
        return (await RunAsync("curl", ["-sSf", "-L", "-Z", "--create-dirs", "-K", config]), folder);
    }
}
