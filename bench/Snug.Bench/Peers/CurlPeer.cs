using System.Text;
using Snug.Hub;
using Snug.Server;

namespace Snug.Bench;

/// <param name="verifies">Whether <c>sha256sum</c> checks the files afterwards, as one does by hand.</param>
internal sealed class CurlPeer(bool verifies) : Peer
{
    public override string Name => verifies ? "curl+sha256sum" : "curl";

    public override string Does => verifies ? "the same, then `sha256sum -c`, which is given the hashes" : "is given the addresses; `-Z --parallel-max 128` for many files; no hashing";

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
        string[] curl = ["-sSf", "-L", "-Z", "--parallel-max", "128", "--create-dirs", "-K", config];
        if (!verifies)
        {
            return (await RunAsync("curl", curl), folder);
        }

        string sums = Path.Join(folder, "sums.txt");
        await File.WriteAllLinesAsync(sums, (await contents.DigestsOfAsync(id)).Select(file => $"{file.Digest}  {Path.Join(folder, file.Path)}"));
        return (await RunAsync("sh", ["-c", "sums=$1; shift; curl \"$@\" && sha256sum --quiet -c \"$sums\"", "sh", sums, .. curl]), folder);
    }
}
