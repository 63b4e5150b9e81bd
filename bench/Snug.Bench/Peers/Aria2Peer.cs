using System.Text;
using Snug.Hub;
using Snug.Server;

namespace Snug.Bench;

/// <param name="verifies">Whether it is given the hashes, too, and checks them.</param>
internal sealed class Aria2Peer(bool verifies) : Peer
{
    public override string Name => verifies ? "aria2c+checksum" : "aria2c";

    public override string Does => verifies ? "the same with `checksum=sha-256=…` for each file" : "is given the addresses; `-x16 -s16 -j128`; no hashing";

    public override async Task<(string? Version, string? Problem)> PrepareAsync() => await ProbeAsync("aria2c", "--version");

    public override async Task<(ProcessMeter.Usage Usage, string Files)> DownloadAsync(string endpoint, RepositoryId id, Contents contents, string folder)
    {
        StringBuilder list = new();
        Dictionary<string, string> digests = verifies ? (await contents.DigestsOfAsync(id)).ToDictionary(file => file.Path, file => file.Digest) : [];
        foreach ((string path, RepositoryContent _) in contents.Of(id))
        {
            list.Append($"{Url(endpoint, id, path)}\n  out={path}\n");
            if (digests.TryGetValue(path, out string? digest))
            {
                list.Append($"  checksum=sha-256={digest}\n");
            }
        }

        string input = Path.Join(folder, "aria2.txt");
        await File.WriteAllTextAsync(input, list.ToString());
        string[] arguments =
        [
            "--quiet", "--no-conf", "-x16", "-s16", "-k1M", "-j128", "--file-allocation=none", "--summary-interval=0", "-d", folder, "-i", input,
        ];
        return (await RunAsync("aria2c", arguments), folder);
    }
}
