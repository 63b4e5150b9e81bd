using System.CommandLine;
using System.Diagnostics;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug exec</c>: runs a program whose models are there, or does not start it.</summary>
internal sealed class ExecCommand : SnugCommand
{
    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Description = "The program and its arguments, after '--'.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _require = new("--require")
    {
        Description = "A model, or any other repository, that it needs; may be repeated. Without any: the models of snug.json.",
        HelpName = "REPO",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _project = ProjectOption.Create();

    public ExecCommand(CliConsole console, CommonOptions common)
        : base("exec", "Run a program once its models are present; fail before it starts when they cannot be had.", console, common)
    {
        Add(_command);
        AddAll(_require, _project, common.Token, common.CacheDirectory, common.Offline, common.Progress, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug exec -- python train.py",
        "snug exec --require openai/whisper-tiny -- python transcribe.py talk.wav",
        "snug exec -- jupyter lab",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        string[] command = invocation.Get(_command)!;
        ProcessStartInfo start = new(command[0], command[1..]);
        HubSettings settings;
        using (ProjectSession session = ProjectSession.Open(invocation, invocation.Get(_project), mustExist: false))
        {
            settings = session.Settings;
            if (await FindRefusalAsync(session, invocation.Get(_require) ?? [], cancellationToken) is { } refusal)
            {
                return refusal.ExitCode;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return (await ChildProcess.RunAsync(start, child => ChildEnvironment.Apply(child, settings, withToken: true), invocation.Console)).ExitCode;
    }

    /// <summary>Makes the models present.</summary>
    /// <returns>Why the program cannot be started, or <see langword="null"/>.</returns>
    private static async Task<Failure?> FindRefusalAsync(ProjectSession session, string[] required, CancellationToken cancellationToken)
    {
        IReadOnlyList<ManifestModel> models = required.Length == 0 ? session.Manifest.Models : [.. required.SelectMany(text => Find(session, text)).Distinct()];
        IReadOnlyList<ModelStatus> found = await session.StatusOfAsync(models, cancellationToken);
        List<Failure> refusals = [.. found.Select(m => m.Failure).OfType<Failure>()];

        // Nothing is downloaded for a program that will not be started.
        for (int i = 0; refusals.Count == 0 && i < found.Count; i++)
        {
            if (found[i].State == ItemState.Todo && (await session.FetchAsync(found[i], silentWhenPresent: true, cancellationToken)).Failure is { } failure)
            {
                refusals.Add(failure);
            }
        }

        // A refused token or a Hub that is away is one problem, however many models it is met at.
        foreach (Failure refusal in refusals.DistinctBy(r => r.ExitCode is ExitCodes.Token or ExitCodes.RateLimited or ExitCodes.Network ? r.Kind : r.Message))
        {
            session.Messages.Fail(refusal);
        }

        if (refusals.Count > 0)
        {
            session.Messages.Say("The command was not started.");
        }

        return refusals.FirstOrDefault();
    }

    /// <summary>What is required, with the files and the place that the manifest says where it knows the repository.</summary>
    private static List<ManifestModel> Find(ProjectSession session, string text)
    {
        RepositoryReference asked = session.Invocation.Repository(text, session.Settings);
        List<ManifestModel> known =
        [
            .. session.Manifest.Models.Where(m => m.Repository == asked.Repository && (asked.Revision is null || asked.Revision == m.Revision)),
        ];
        if (asked.Path is null && known.Count > 0)
        {
            return known;
        }

        return
        [
            new ManifestModel(asked.Repository, asked.Revision)
            {
                Include = asked.Path is { } path ? [FileSelection.Escape(path), FileSelection.Escape(path.TrimEnd('/')) + "/*"] : [],
            },
        ];
    }
}
