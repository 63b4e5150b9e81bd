using Snug.Hub;

namespace Snug.Bench;

/// <summary>A program that downloads.</summary>
internal abstract class Peer
{
    public static readonly string[] Names = ["snug", "curl", "aria2c", "curl+sha256sum", "aria2c+checksum", "npm", "python"];

    /// <summary>Its name on the command line and in tables.</summary>
    public abstract string Name { get; }

    /// <summary>What it does besides moving bytes, to be fair to those that do more.</summary>
    public abstract string Does { get; }

    /// <summary>Makes it ready to run.</summary>
    /// <returns>Its version, or <see langword="null"/> and the reason why it cannot run.</returns>
    public abstract Task<(string? Version, string? Problem)> PrepareAsync();

    /// <summary>Downloads a repository into an empty folder.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="id">The repository.</param>
    /// <param name="contents">What the repository holds, for programs that have to be told.</param>
    /// <param name="folder">The empty folder.</param>
    /// <returns>What it used, and the folder where the files stand under their names.</returns>
    public abstract Task<(ProcessMeter.Usage Usage, string Files)> DownloadAsync(string endpoint, RepositoryId id, Contents contents, string folder);

    public static Peer Create(string name) => name switch
    {
        "snug" => new SnugPeer(),
        "curl" => new CurlPeer(verifies: false),
        "curl+sha256sum" => new CurlPeer(verifies: true),
        "aria2c" => new Aria2Peer(verifies: false),
        "aria2c+checksum" => new Aria2Peer(verifies: true),
        "npm" => new NpmPeer(),
        "python" => new PythonPeer(),
        _ => throw new UsageException($"'{name}' is no peer."),
    };

    protected static string Url(string endpoint, RepositoryId id, string path) => $"{endpoint}/{id.FullName}/resolve/main/{path}";

    protected static Task<ProcessMeter.Usage> RunAsync(
        string program, IEnumerable<string> arguments, params IEnumerable<KeyValuePair<string, string?>> environment) =>
        ProcessMeter.RunAsync(program, arguments, environment, TimeSpan.FromMinutes(10));

    /// <summary>The first line of what <c>--version</c> prints.</summary>
    protected static async Task<(string? Version, string? Problem)> ProbeAsync(string program, params string[] arguments)
    {
        try
        {
            TestKit.CommandResult result = await TestKit.CommandRunner.RunAsync(program, arguments);
            return result.ExitCode == 0 ? (result.Output.Split('\n')[0].Trim(), null) : (null, $"{program}: {result.Error.Trim().Split('\n')[^1]}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, $"{program} is not installed");
        }
    }
}
