using System.CommandLine;

namespace Snug.Cli;

/// <summary><c>snug setup</c>: does what <c>snug.json</c> says, once.</summary>
internal sealed class SetupCommand : SnugCommand
{
    private readonly Option<string?> _project = ProjectOption.Create();

    private readonly Option<bool> _force = new("--force") { Description = "Run also the stages that are done." };

    private readonly Option<string> _onMissing = new("--on-missing-auth")
    {
        Description = "What a missing token or permission is: 'warn' leaves for later what needs it, 'fail' is an error.",
        HelpName = "warn|fail",
        DefaultValueFactory = _ => "warn",
    };

    public SetupCommand(CliConsole console, CommonOptions common)
        : base("setup", "Run the stages of snug.json and download its models; what is done is not done twice.", console, common)
    {
        _onMissing.AcceptOnlyFromAmong("warn", "fail");
        AddAll(_project, _force, _onMissing, common.Token, common.CacheDirectory, common.Offline, common.Progress, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug setup",
        "snug setup --on-missing-auth fail",
        "snug setup --project ../other --json",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using ProjectSession session = ProjectSession.Open(invocation, invocation.Get(_project));
        using FileStream running = Lock(session.Manifest.Folder);
        SetupRun run = new(session, invocation.Get(_force));
        ProjectStatus status = await run.RunAsync(cancellationToken);
        status.Write();
        return run.Conclude(status, failsOnMissing: invocation.Get(_onMissing) == "fail");
    }

    /// <summary>Two set-ups of one project would run each other's commands twice.</summary>
    private static FileStream Lock(string project)
    {
        string path;
        try
        {
            path = Path.Join(SetupState.PrepareFolder(project), "lock");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCodes.Storage, "project_access", $"'{project}' cannot be written: {e.Message.TrimEnd('.')}.", "Make the folder of the project writable.");
        }

        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCodes.Storage, "setup_running", $"Another set-up of '{project}' is running, or '{path}' cannot be opened.",
                "Wait until it has ended, then run the same command again: what it did is not done twice.");
        }
    }
}
