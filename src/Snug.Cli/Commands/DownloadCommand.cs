using System.CommandLine;
using System.Globalization;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug download</c>: a repository, or some of its files, into the cache or a folder.</summary>
internal sealed class DownloadCommand : SnugCommand
{
    private const int MaxWorkers = 256;

    private readonly Argument<string> _repository = CommonOptions.Repository();

    private readonly Argument<string[]> _files = new("FILES")
    {
        Description = "Files of the repository; a folder with a '/' at its end; or patterns with '*'. Without any: everything.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _include = Patterns("--include", "Only files that match; may be repeated.");
    private readonly Option<string[]> _exclude = Patterns("--exclude", "No files that match; may be repeated, and wins over --include.");

    private readonly Option<string?> _localDirectory = new("--local-dir")
    {
        Description = "Put the files into this folder, under their names, instead of the cache.",
        HelpName = "DIR",
    };

    private readonly Option<bool> _force = new("--force") { Description = "Transfer also what is present; it is kept until the new copy is verified." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be transferred, and transfer nothing." };

    private readonly Option<string?> _maxWorkers = new("--max-workers")
    {
        Description = "The most connections at once (default: 64).",
        HelpName = "N",
    };

    private readonly Option<string?> _limitRate = new("--limit-rate")
    {
        Description = "The most bytes to transfer in a second, such as 500k, 20M or 1G.",
        HelpName = "RATE",
    };

    public DownloadCommand(CliConsole console, CommonOptions common)
        : base("download", "Download a repository, or some of its files, and print where it is.", console, common)
    {
        Add(_repository);
        Add(_files);
        AddAll(_include, _exclude, common.Revision, common.Type, _localDirectory, common.CacheDirectory, _force, _dryRun, _maxWorkers, _limitRate);
        AddAll(common.Token, common.Offline, common.Background, common.Progress, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug download openai/whisper-tiny",
        "snug download openai/whisper-tiny config.json",
        "snug download openai/whisper-tiny --include '*.json' --include '*.safetensors'",
        "snug download apple/coreml-stable-diffusion original/compiled/",
        "snug download datasets/rajpurkar/squad --local-dir ./squad",
        "MODEL=$(snug download gpt2 --quiet)",
        "snug download openai/whisper-large-v3 --background",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        HubClientOptions clientOptions = invocation.ClientOptions();
        if (invocation.Get(_maxWorkers) is { } workers)
        {
            clientOptions.MaxConnections = int.TryParse(workers, out int number) && number is > 0 and <= MaxWorkers
                ? number
                : throw CliException.Usage($"'{workers}' is not a number from 1 to {MaxWorkers}.", "Drop --max-workers to have the number found by measurement, up to 128.");
        }

        if (invocation.Get(_limitRate) is { } rate)
        {
            clientOptions.BandwidthLimit = ParseRate(rate);
        }

        using HubClient hub = invocation.CreateHub(clientOptions);
        HubSettings settings = hub.ResolveSettings();
        RepositoryReference asked = invocation.Repository(invocation.Get(_repository)!, settings);
        FileSelection selection = new([.. invocation.Get(_files) ?? [], .. asked.Path is { } path ? [path] : Array.Empty<string>()], invocation.Get(_include) ?? []);
        DownloadOptions options = new()
        {
            Revision = asked.Revision,
            Exclude = invocation.Get(_exclude) ?? [],
            LocalDirectory = invocation.Get(_localDirectory),
            Force = invocation.Get(_force),
        };
        if (options.Force && settings.Offline)
        {
            throw CliException.Usage("--force transfers everything again, which offline mode forbids.", "Drop --force, or --offline (HF_HUB_OFFLINE).");
        }

        if (invocation.StartsJob)
        {
            return invocation.Get(_dryRun)
                ? throw CliException.Usage("--dry-run shows what would be done; there is nothing to do in the background.", "Drop --background, or --dry-run.")
                : await JobStart.RunAsync(invocation, [asked.Repository.ToString()], cancellationToken);
        }

        if (invocation.Get(_dryRun))
        {
            DownloadPlan plan = await hub.PlanDownloadAsync(asked.Repository, options with { Include = selection.ToInclude() }, cancellationToken);
            selection.RequireAll(asked.Repository, asked.Revision, [.. plan.Files.Select(f => f.Path)]);
            DownloadPlanView.Write(invocation, plan);
            return ExitCodes.Done;
        }

        DownloadRun run = new(invocation, hub, settings);
        if (selection.SingleName is { } name && options.Exclude.Count == 0)
        {
            FetchedFile file = await run.FileAsync(asked.Repository, name, options, cancellationToken);
            WriteFile(invocation, asked, name, file);
            return ExitCodes.Done;
        }

        string? folder = options.Exclude.Count == 0 ? selection.SingleFolder : null;
        options = folder is null ? options with { Include = selection.ToInclude() } : options;
        CachedSnapshot snapshot = await run.SnapshotAsync(asked.Repository, folder, options, cancellationToken);
        selection.RequireAll(snapshot.Repository, asked.Revision, snapshot.Files);
        if (snapshot.Files.Count == 0)
        {
            invocation.Messages.Warn($"No file of {snapshot.Repository} was selected; see 'snug files {snapshot.Repository}'.");
        }

        WriteSnapshot(invocation, snapshot, folder is null ? snapshot.Directory : Path.GetFullPath(Path.Join(snapshot.Directory, folder)));
        return ExitCodes.Done;
    }

    private static void WriteFile(Invocation invocation, RepositoryReference asked, string name, FetchedFile file)
    {
        if (!invocation.IsJson)
        {
            invocation.Write(file.Path);
            return;
        }

        invocation.WriteJson(json =>
        {
            json.WriteString("repository", asked.Repository.ToString());
            json.WriteString("revision", asked.Revision ?? "main");
            json.WriteString("file", name);
            json.WriteString("path", file.Path);
            json.WriteNumber("transferredFiles", file.TransferredBytes is null ? 0 : 1);
            json.WriteNumber("transferredBytes", file.TransferredBytes ?? 0);
        });
    }

    private static void WriteSnapshot(Invocation invocation, CachedSnapshot snapshot, string path)
    {
        if (!invocation.IsJson)
        {
            invocation.Write(path);
            return;
        }

        invocation.WriteJson(json =>
        {
            json.WriteString("repository", snapshot.Repository.ToString());
            json.WriteString("revision", snapshot.Revision);
            json.WriteString("commit", snapshot.Commit);
            json.WriteString("path", path);
            json.WriteNumber("transferredFiles", snapshot.TransferredFiles);
            json.WriteNumber("transferredBytes", snapshot.TransferredBytes);
            json.WriteStrings("files", snapshot.Files);
        });
    }

    private static long ParseRate(string text)
    {
        string number = text.Trim().TrimEnd('B', 'b', 's', '/');
        long unit = number.Length == 0 ? 0 : char.ToUpperInvariant(number[^1]) switch { 'K' => 1000, 'M' => 1_000_000, 'G' => 1_000_000_000, _ => 1 };
        return unit > 0 && double.TryParse(unit == 1 ? number : number[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value * unit is >= 1 and < long.MaxValue
            ? (long)(value * unit)
            : throw CliException.Usage($"'{text}' is not a rate.", "Write the bytes in a second as a number, with k, M or G behind it: --limit-rate 20M");
    }

    private static Option<string[]> Patterns(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PATTERN",
        Arity = ArgumentArity.OneOrMore,
    };
}
