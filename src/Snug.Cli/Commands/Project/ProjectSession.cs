using Snug.Hub;

namespace Snug.Cli;

/// <summary>A project that a command works on: its manifest, its settings, what is remembered of it, and the Hub.</summary>
internal sealed class ProjectSession : IDisposable
{
    private readonly HubClient _localHub;

    private ProjectSession(Invocation invocation, ProjectManifest manifest, HubSettings settings)
    {
        Invocation = invocation;
        Manifest = manifest;
        Settings = settings;
        Memory = SetupState.Read(manifest.Folder);
        if (Memory.Problem is { } problem)
        {
            invocation.Messages.Warn(Text.Printable(problem));
        }

        HubClientOptions options = invocation.ClientOptions();
        options.MaxRetries = Math.Min(options.MaxRetries, 2);
        Hub = invocation.CreateHub(options);
        HubClientOptions local = invocation.ClientOptions();
        local.Offline = true;
        local.Token = null;
        local.UseImplicitToken = false;
        _localHub = new HubClient(local, timeProvider: invocation.Console.Time);
    }

    public Invocation Invocation { get; }

    public ProjectManifest Manifest { get; }

    public HubSettings Settings { get; }

    public SetupState Memory { get; }

    public HubClient Hub { get; }

    public Messages Messages => Invocation.Messages;

    public bool HasToken => Settings.Token is not null;

    /// <summary>The folder that an option names, or the one where the command was started.</summary>
    public static string FindFolder(Invocation invocation, string? given) =>
        Path.GetFullPath(given ?? ".", invocation.Console.WorkingDirectory ?? Directory.GetCurrentDirectory());

    /// <summary>Opens the project in a folder.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="given">What <c>--project</c> says.</param>
    /// <param name="mustExist">Whether a folder without a manifest is an error; else it is a project without anything.</param>
    /// <exception cref="CliException">There is no manifest, or it cannot be used.</exception>
    public static ProjectSession Open(Invocation invocation, string? given, bool mustExist = true)
    {
        string folder = FindFolder(invocation, given);
        if (given is not null && !Directory.Exists(folder))
        {
            throw CliException.Usage($"There is no folder '{folder}'.", "Name the folder of the project with --project.");
        }

        invocation.DotEnvFolder = folder;
        HubSettings settings = invocation.ResolveSettings();
        ProjectManifest manifest = mustExist
            ? ProjectManifest.Read(folder, settings.Endpoint)
            : ProjectManifest.TryRead(folder, settings.Endpoint) ?? new ProjectManifest(folder, new DirectoryInfo(folder).Name, [], []);
        return new ProjectSession(invocation, manifest, settings);
    }

    public StageStatus StatusOf(ManifestStage stage) => StageStatus.Of(stage, Manifest.Folder, Memory, HasToken);

    /// <summary>How far models are. The Hub is asked only about those that are not present, about all of them at once.</summary>
    public async Task<IReadOnlyList<ModelStatus>> StatusOfAsync(IReadOnlyList<ManifestModel> models, CancellationToken cancellationToken)
    {
        ModelStatus?[] found = new ModelStatus?[models.Count];
        IReadOnlyList<AccessReport> cached = await _localHub.CheckAccessAsync(models.Select(m => m.ToQuery()), cancellationToken);
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = FindPresent(models[i], cached[i]);
        }

        int[] open = [.. Enumerable.Range(0, found.Length).Where(i => found[i] is null)];
        IReadOnlyList<AccessReport> reports = await Hub.CheckAccessAsync(open.Select(i => models[i].ToQuery()), cancellationToken);
        for (int i = 0; i < open.Length; i++)
        {
            found[open[i]] = Judge(models[open[i]], reports[i]);
        }

        return found!;
    }

    /// <summary>Downloads a model that is neither present nor refused.</summary>
    /// <returns>How far it is now.</returns>
    public async Task<ModelStatus> FetchAsync(ModelStatus status, bool silentWhenPresent, CancellationToken cancellationToken)
    {
        ManifestModel model = status.Model;
        try
        {
            DownloadRun run = new(Invocation, Hub, Settings);
            DownloadOptions options = model.ToDownload(Manifest.Folder);
            CachedSnapshot snapshot = await run.SnapshotAsync(model.Repository, null, options, cancellationToken, silentWhenPresent);
            if (model.Directory is not null)
            {
                Memory.Put(model, new ModelRecord(snapshot.Commit, snapshot.Files.ToDictionary(
                    file => file, file => new FileInfo(Path.Join(options.LocalDirectory, file)).Length, StringComparer.Ordinal)));
            }

            return new ModelStatus(model, ItemState.Done) { Commit = snapshot.Commit, Gate = status.Gate };
        }
        catch (HubException e)
        {
            return ModelStatus.Refused(model, Failure.From(e), canWait: e.Kind is HubErrorKind.Gated or HubErrorKind.Forbidden or HubErrorKind.TokenRequired);
        }
    }

    public void Dispose()
    {
        Hub.Dispose();
        _localHub.Dispose();
    }

    /// <summary>What the disk alone knows, or <see langword="null"/> when the model is not whole there.</summary>
    private ModelStatus? FindPresent(ManifestModel model, AccessReport cached)
    {
        if (model.Directory is { } directory)
        {
            return Memory.Find(model) is { Files.Count: > 0 } record
                && record.Files.All(f => new FileInfo(Path.Join(Manifest.Folder, directory, f.Key)) is { Exists: true } file && file.Length == f.Value)
                    ? new ModelStatus(model, ItemState.Done) { Commit = record.Commit }
                    : null;
        }

        // A cache that another program filled may hold no listing to compare with; only without a Hub that has to be enough.
        bool isPresent = cached.Cached is { IsWhole: true } || (Settings.Offline && cached.IsReadable);
        return isPresent ? new ModelStatus(model, ItemState.Done) { Commit = cached.Cached!.Commit } : null;
    }

    private static ModelStatus Judge(ManifestModel model, AccessReport report)
    {
        if (report.IsReadable)
        {
            return new ModelStatus(model, ItemState.Todo)
            {
                Commit = report.Commit,
                MissingBytes = model.Directory is null ? report.MissingBytes : report.TotalBytes,
                Gate = report.Gate,
            };
        }

        Failure failure = Failure.From(report);
        bool isOutage = report.State is AccessState.Unreachable or AccessState.RateLimited;
        return isOutage && model.Directory is null && report.Cached is { IsWhole: not false } present
            ? new ModelStatus(model, ItemState.Done) { Commit = present.Commit }
            : ModelStatus.Refused(model, failure, RepositoryChecks.IsDeferrable(report)) with { Gate = report.Gate };
    }
}
