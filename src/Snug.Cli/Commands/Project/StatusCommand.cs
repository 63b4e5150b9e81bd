using System.CommandLine;

namespace Snug.Cli;

/// <summary><c>snug status</c>: how far the project of <c>snug.json</c> is.</summary>
internal sealed class StatusCommand : SnugCommand
{
    private readonly Option<string?> _project = ProjectOption.Create();

    public StatusCommand(CliConsole console, CommonOptions common)
        : base("status", "Show how far the stages and models of snug.json are, what is deferred and what is in the way.", console, common) =>
        AddAll(_project, common.Token, common.CacheDirectory, common.Offline, common.Json, common.Quiet);

    public override IReadOnlyList<string> Examples => ["snug status", "snug status --json", "snug status --project ../other"];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using ProjectSession session = ProjectSession.Open(invocation, invocation.Get(_project));
        List<StageStatus> stages = [.. session.Manifest.Stages.Select(session.StatusOf)];
        ProjectStatus status = new(session, stages, await session.StatusOfAsync(session.Manifest.Models, cancellationToken));
        status.Write();
        status.Conclude();
        return status.ExitCode;
    }
}
