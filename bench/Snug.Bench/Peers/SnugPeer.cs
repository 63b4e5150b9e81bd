using System.Reflection;
using Snug.Hub;

namespace Snug.Bench;

/// <summary>Our own client, in a process of its own.</summary>
internal sealed class SnugPeer : Peer
{
    public override string Name => "snug";

    public override string Does => "`DownloadSnapshotAsync` into the cache; listing and hashing included";

    public override Task<(string? Version, string? Problem)> PrepareAsync() => Task.FromResult<(string?, string?)>((
        $"Snug.Hub {typeof(HubClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}, .NET {Environment.Version}",
        null));

    public override async Task<(ProcessMeter.Usage Usage, string Files)> DownloadAsync(string endpoint, RepositoryId id, Contents contents, string folder)
    {
        ProcessMeter.Usage usage = await RunAsync(
            Environment.ProcessPath!, ["client", "--endpoint", endpoint, "--repository", id.FullName, "--cache", folder]);
        return (usage, usage.Output);
    }
}
