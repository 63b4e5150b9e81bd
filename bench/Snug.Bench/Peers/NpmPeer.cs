using System.Text.Json;
using Snug.Hub;
using Snug.TestKit;

namespace Snug.Bench;

internal sealed class NpmPeer : Peer
{
    private static readonly string Folder = Path.Join(Checkout.Root, "artifacts", "bench-npm");

    public override string Name => "npm";

    public override string Does => "`snapshotDownload` of `@huggingface/hub` into its cache";

    public override async Task<(string? Version, string? Problem)> PrepareAsync()
    {
        (string? node, string? problem) = await ProbeAsync("node", "--version");
        if (node is null)
        {
            return (null, problem);
        }

        string source = Path.Join(Checkout.Root, "tests", "interop");
        Directory.CreateDirectory(Folder);
        foreach (string file in (string[])["package.json", "package-lock.json", ".npmrc"])
        {
            File.Copy(Path.Join(source, file), Path.Join(Folder, file), overwrite: true);
        }

        File.Copy(Path.Join(AppContext.BaseDirectory, "Peers", "npm.mjs"), Path.Join(Folder, "npm.mjs"), overwrite: true);
        string package = Path.Join(Folder, "node_modules", "@huggingface", "hub", "package.json");
        if (!File.Exists(package))
        {
            CommandResult install = await CommandRunner.RunAsync("npm", ["ci", "--ignore-scripts", "--omit=optional"], folder: Folder);
            if (install.ExitCode != 0)
            {
                return (null, $"npm ci: {install.Error.Trim()}");
            }
        }

        using JsonDocument manifest = JsonDocument.Parse(await File.ReadAllTextAsync(package));
        return ($"@huggingface/hub {manifest.RootElement.GetProperty("version").GetString()}, node {node}", null);
    }

    public override async Task<(ProcessMeter.Usage Usage, string Files)> DownloadAsync(string endpoint, RepositoryId id, Contents contents, string folder)
    {
        ProcessMeter.Usage usage = await RunAsync("node", [Path.Join(Folder, "npm.mjs"), endpoint, id.FullName, folder]);
        return (usage, usage.Output.Split('\n')[^1]);
    }
}
