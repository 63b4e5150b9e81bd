using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug doctor</c>: will the job get its models, and if not, what exactly is to be done.</summary>
internal sealed class DoctorCommand : SnugCommand
{
    private readonly Argument<string[]> _repositories = new("REPO")
    {
        Description = "Repositories to check; without any, those of snug.json.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _for = new("--for")
    {
        Description = "What is to come: before a set-up, what can wait is a warning; before a training, whatever may stop it is a failure.",
        HelpName = "setup|training",
    };

    private readonly Option<string[]> _scan = new("--scan")
    {
        Description = "Find repositories in a Python, notebook, compose or JSON file, or in a folder of them; may be repeated.",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _deploy = new("--deploy") { Description = "Show the deployment checklist: what can be checked is." };

    private readonly Option<bool> _speed = new("--speed") { Description = "Measure the speed with a download of some seconds." };

    private readonly Option<string?> _project = ProjectOption.Create();

    public DoctorCommand(CliConsole console, CommonOptions common)
        : base("doctor", "Check token, access, room and network before anything depends on them, and say what to do next.", console, common)
    {
        _for.AcceptOnlyFromAmong("setup", "training");
        Add(_repositories);
        AddAll(_for, _scan, _deploy, _speed, _project, common.Token, common.CacheDirectory, common.Offline, common.Type, common.Revision);
        AddAll(common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug doctor",
        "snug doctor meta-llama/Llama-3.2-1B openai/whisper-tiny",
        "snug doctor --for training --scan train.ipynb",
        "snug doctor --deploy --json",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        string project = ProjectSession.FindFolder(invocation, invocation.Get(_project));
        invocation.DotEnvFolder = project;
        HubClientOptions options = invocation.ClientOptions();

        // Somebody waits for the answer, and a Hub in trouble is one.
        options.MaxRetries = Math.Min(options.MaxRetries, 1);
        options.MaxRetryDelay = TimeSpan.FromSeconds(5);
        using HubClient hub = invocation.CreateHub(options);
        HubSettings settings = hub.ResolveSettings();
        IReadOnlyList<DoctorTarget> targets = FindTargets(invocation, settings, project);
        DoctorFacts facts = await GatherAsync(invocation, hub, settings, project, targets, cancellationToken);
        DoctorOutcome outcome = await JudgeAsync(invocation, facts, cancellationToken);
        if (invocation.IsJson)
        {
            invocation.WriteJson(json => DoctorJson.Write(json, outcome));
        }
        else
        {
            DoctorText.Write(invocation.Console, outcome);
        }

        return outcome.ExitCode;
    }

    private IReadOnlyList<DoctorTarget> FindTargets(Invocation invocation, HubSettings settings, string project)
    {
        List<DoctorTarget> targets =
        [
            .. (invocation.Get(_repositories) ?? []).Select(text => new DoctorTarget(invocation.Repository(text, settings), "argument")),
            .. (invocation.Get(_scan) ?? []).SelectMany(path => ModelScan.Scan(path, settings.Endpoint)),
        ];
        return targets.Count > 0 || invocation.IsGiven(_scan) ? targets : DoctorTarget.FromManifest(project, settings.Endpoint);
    }

    private async Task<DoctorFacts> GatherAsync(
        Invocation invocation, HubClient hub, HubSettings settings, string project, IReadOnlyList<DoctorTarget> targets, CancellationToken cancellationToken)
    {
        // Everything leaves at once: ten repositories take no longer than one.
        Task<ConnectionReport>? connecting = settings.Offline ? null : hub.CheckConnectionAsync(cancellationToken);
        IReadOnlyList<AccessReport> reports = await hub.CheckAccessAsync(targets.Select(t => t.ToQuery()), cancellationToken);
        bool isProject = targets.Any(t => t.Origin == ProjectManifest.FileName);
        IReadOnlyList<ManifestStage> stages = isProject ? ProjectManifest.Read(project, settings.Endpoint).Stages : [];
        DoctorFacts facts = new()
        {
            Purpose = invocation.Get(_for) switch
            {
                "setup" => DoctorPurpose.Setup,
                "training" => DoctorPurpose.Training,
                _ => DoctorPurpose.Use,
            },
            Settings = settings,
            Project = project,
            Connection = connecting is null ? null : await connecting,
            Targets = targets,
            Reports = reports,
            HasStages = stages.Count > 0,
            StageTime = TimeOf(stages, project),
        };
        if (!invocation.Get(_speed) || settings.Offline)
        {
            return facts;
        }

        double? speed = await SpeedProbe.MeasureAsync(hub, facts, invocation.Console.Time, cancellationToken);
        if (speed is null)
        {
            invocation.Messages.Warn("The speed could not be measured: no repository that was named has a file to measure with.");
        }

        return facts with { BytesPerSecond = speed };
    }

    private static TimeSpan? TimeOf(IReadOnlyList<ManifestStage> stages, string project)
    {
        SetupState memory = SetupState.Read(project);
        return stages.Count > 0 && stages.All(s => memory.Find(s) is not null) ? TimeSpan.FromSeconds(stages.Sum(s => memory.Find(s)!.Seconds)) : null;
    }

    private async Task<DoctorOutcome> JudgeAsync(Invocation invocation, DoctorFacts facts, CancellationToken cancellationToken)
    {
        bool deploy = invocation.Get(_deploy);
        DoctorCheck envFile = await EnvFileCheck.RunAsync(facts.Project, always: deploy, cancellationToken);
        List<DoctorSection> sections =
        [
            new("Checking HuggingFace authentication", [.. AuthenticationChecks.Run(facts)]),
            new("Checking the repositories", [.. RepositoryChecks.Run(facts)]),
            new("Checking the connection", [.. ConnectionChecks.Run(facts)]),
            new("Checking this machine", [.. MachineChecks.Run(facts), envFile]),
        ];
        List<DoctorCheck> all = [.. sections.SelectMany(s => s.Checks)];
        return new DoctorOutcome(
            facts, sections, NextSteps.Plan(facts, all), deploy ? DeployChecklist.Make(facts, envFile, invocation.OpenCache()) : []);
    }
}
