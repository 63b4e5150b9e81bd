using Snug.Hub;

namespace Snug.Bench;

/// <summary>The Python client; <c>PYTHONPATH</c> may lead to its sources.</summary>
internal sealed class PythonPeer : Peer
{
    private static readonly string Program =
        Environment.GetEnvironmentVariable("SNUG_PYTHON") is { Length: > 0 } python ? python : "/usr/bin/python3";

    public override string Name => "python";

    public override string Does => "`snapshot_download` of `huggingface_hub` into its cache";

    public override async Task<(string? Version, string? Problem)> PrepareAsync()
    {
        (string? version, string? problem) = await ProbeAsync(
            Program, "-c", "import sys, huggingface_hub; print(f'huggingface_hub {huggingface_hub.__version__}, Python {sys.version.split()[0]}')");
        return (version, problem);
    }

    public override async Task<(ProcessMeter.Usage Usage, string Files)> DownloadAsync(string endpoint, RepositoryId id, Contents contents, string folder)
    {
        ProcessMeter.Usage usage = await RunAsync(
            Program,
            [Path.Join(AppContext.BaseDirectory, "Peers", "python_hub.py"), id.FullName, folder],
            new("HF_ENDPOINT", endpoint),
            new("HF_HOME", folder),
            new("HF_HUB_DISABLE_XET", "1"),
            new("HF_HUB_DISABLE_TELEMETRY", "1"),
            new("HF_HUB_DISABLE_PROGRESS_BARS", "1"),
            new("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"));
        return (usage, usage.Output.Split('\n')[^1]);
    }
}
