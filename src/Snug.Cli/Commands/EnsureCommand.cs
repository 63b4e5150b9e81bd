using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug ensure</c>: makes sure that models are present, many at once; does nothing where they are.</summary>
internal sealed class EnsureCommand : SnugCommand
{
    private readonly Option<string[]> _models = new("--model", "-m")
    {
        Description = "A model, or any other repository, file or folder of one; may be repeated.",
        HelpName = "MODEL",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _list = new("--from-file")
    {
        Description = "A file with a model on each line; '#' begins a comment.",
        HelpName = "FILE",
    };

    private readonly Option<string> _variable = new("--from-env")
    {
        Description = "A variable that names models, with commas or spaces between; read when no model is given.",
        HelpName = "NAME",
        DefaultValueFactory = _ => EnsureDefaults.Variable,
    };

    private readonly Option<bool> _force = new("--force") { Description = "Transfer also what is present." };

    public EnsureCommand(CliConsole console, CommonOptions common)
        : base("ensure", "Make sure that models are present; tries all of them, fails if one is missing at the end.", console, common)
    {
        AddAll(_models, _list, _variable, _force, common.CacheDirectory, common.Token, common.Offline);
        AddAll(common.Background, common.Progress, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug ensure -m openai/whisper-tiny -m openai/whisper-base",
        "WHISPER_MODEL=openai/whisper-base snug ensure",
        "snug ensure --from-env MODELS --cache-dir /models",
        "snug ensure --from-file models.txt --json",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        List<string> models = await ReadModelsAsync(invocation, cancellationToken);
        if (invocation.StartsJob)
        {
            return await JobStart.RunAsync(invocation, models, cancellationToken);
        }

        using HubClient hub = invocation.CreateHub();
        HubSettings settings = hub.ResolveSettings();
        bool force = invocation.Get(_force);
        if (force && settings.Offline)
        {
            invocation.Messages.Warn("--force has no effect in offline mode: nothing can be transferred again.");
            force = false;
        }

        DownloadRun run = new(invocation, hub, settings);
        List<EnsuredModel> results = [];
        foreach (string model in models)
        {
            try
            {
                results.Add(await EnsureAsync(invocation, run, settings, model, force, cancellationToken));
            }
            catch (Exception error) when (error is HubException or CliException)
            {
                Failure failure = Failure.From(error);
                invocation.Messages.Fail(failure);
                results.Add(new EnsuredModel(model, null, null, 0, 0, failure));
            }
        }

        Write(invocation, results);
        int failed = results.Count(r => r.Failure is not null);
        if (failed > 0 && results.Count > 1)
        {
            invocation.Messages.Say($"{failed} of {Text.Count(results.Count, "model")} could not be made available.");
        }

        return results.FirstOrDefault(r => r.Failure is not null)?.Failure?.ExitCode ?? ExitCodes.Done;
    }

    private static async Task<EnsuredModel> EnsureAsync(
        Invocation invocation, DownloadRun run, HubSettings settings, string model, bool force, CancellationToken cancellationToken)
    {
        RepositoryReference asked = invocation.Repository(model, settings);
        DownloadOptions options = new() { Revision = asked.Revision, Force = force };
        FileSelection selection = new(asked.Path is { } path ? [path] : [], []);
        if (selection.SingleName is { } name)
        {
            FetchedFile file = await run.FileAsync(asked.Repository, name, options, cancellationToken);
            return new EnsuredModel(model, null, file.Path, file.TransferredBytes is null ? 0 : 1, file.TransferredBytes ?? 0, null);
        }

        string? folder = selection.SingleFolder;
        CachedSnapshot snapshot = await run.SnapshotAsync(asked.Repository, folder, options, cancellationToken);
        string place = folder is null ? snapshot.Directory : Path.GetFullPath(Path.Join(snapshot.Directory, folder));
        return new EnsuredModel(model, snapshot.Commit, place, snapshot.TransferredFiles, snapshot.TransferredBytes, null);
    }

    private static void Write(Invocation invocation, List<EnsuredModel> results)
    {
        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteStartArray("models");
                foreach (EnsuredModel result in results)
                {
                    json.WriteStartObject();
                    result.Write(json);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        Table table = new(new("MODEL"), new("STATUS"), new("COMMIT"), new("DOWNLOADED", IsNumber: true), new("PATH", IsForPrograms: true));
        foreach (EnsuredModel result in results)
        {
            table.Add(
                result.Model,
                new TableCell(result.Status, result.Failure is null ? result.Status : $"failed: {result.Failure.Kind}"),
                TableCell.Commit(result.Commit ?? ""),
                result.Failure is null ? TableCell.Size(result.TransferredBytes) : "",
                result.Failure is null ? result.Path : result.Failure.Kind);
        }

        table.Write(invocation.Console);
    }

    /// <summary>The models to ensure: what is written beats the variable, the variable beats the default.</summary>
    private async Task<List<string>> ReadModelsAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        List<string> models = [.. invocation.Get(_models) ?? []];
        if (invocation.Get(_list) is { } list)
        {
            models.AddRange(await ReadListAsync(list, cancellationToken));
        }

        bool variableGiven = invocation.IsGiven(_variable);
        string variable = invocation.Get(_variable)!;
        if (variableGiven || (models.Count == 0 && invocation.Get(_list) is null))
        {
            string[] named = [.. Split(invocation.Console.Variable(variable) ?? "")];
            if (named.Length > 0)
            {
                invocation.Messages.Hint($"{variable} names {string.Join(", ", named.Select(Text.Printable))}");
                models.AddRange(named);
            }
            else if (variableGiven && models.Count == 0)
            {
                throw CliException.Usage($"The variable {variable} names no model.", $"Set {variable} to one or more ids, or name models with --model.");
            }
            else if (models.Count == 0)
            {
                invocation.Messages.Hint($"No model given and {variable} is unset: using the default, {EnsureDefaults.Model}");
                models.Add(EnsureDefaults.Model);
            }
        }

        return models.Count > 0
            ? [.. models.Distinct(StringComparer.Ordinal)]
            : throw CliException.Usage("There is no model to ensure.", "Name models with --model, in the file of --from-file, or in the variable of --from-env.");
    }

    private static async Task<IEnumerable<string>> ReadListAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            string[] lines = await File.ReadAllLinesAsync(path, cancellationToken);
            return lines.Select(line => line.Split('#', 2)[0].Trim()).Where(line => line.Length > 0).SelectMany(Split);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"The list of models cannot be read: {error.Message}", "Name a text file with one model on each line.");
        }
    }

    private static string[] Split(string text) =>
        text.Split([',', ';', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
