using System.CommandLine;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug cache verify</c>: reads every content once and compares it with its hash; mends what is wrong when told to.</summary>
internal sealed class CacheVerifyCommand : SnugCommand
{
    private readonly Argument<string[]> _repositories = new("REPOS")
    {
        Description = "Only these repositories.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _repair = new("--repair") { Description = "Remove what is wrong, and download it again." };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask before repairing." };

    public CacheVerifyCommand(CliConsole console, CommonOptions common)
        : base("verify", "Check every cached file against its hash; with --repair, mend what is wrong.", console, common)
    {
        Add(_repositories);
        AddAll(_repair, _yes, common.Type, common.CacheDirectory, common.Token, common.Offline, common.Progress, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
        ["snug cache verify", "snug cache verify openai/whisper-tiny", "snug cache verify --repair --yes"];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using HubClient hub = invocation.CreateHub();
        HubSettings settings = hub.ResolveSettings();
        HubCache cache = invocation.OpenCache();
        RepositoryId[]? selected = invocation.Get(_repositories) is { Length: > 0 } texts
            ? [.. texts.Select(t => invocation.Repository(t, settings).Repository)]
            : null;
        RequireCached(cache, selected, cancellationToken);
        CacheVerification found = await VerifyAsync(invocation, cache, selected, cancellationToken);
        if (!invocation.IsJson)
        {
            Show(invocation, found);
        }

        bool mended = false;
        if (invocation.Get(_repair) && !found.IsSound)
        {
            if (!invocation.Get(_yes) && !Confirmation.Ask(invocation, "Remove what is wrong, and download it again?", "Repairing"))
            {
                invocation.Messages.Say("Nothing was changed.");
                return ExitCodes.Storage;
            }

            await RepairAsync(invocation, hub, settings, cache, found, cancellationToken);
            found = await VerifyAsync(invocation, cache, selected, cancellationToken);
            mended = found.IsSound;
        }

        if (invocation.IsJson)
        {
            invocation.WriteJson(json => Write(json, found, mended));
        }

        Summarize(invocation, found, mended);
        return found.IsSound ? ExitCodes.Done : ExitCodes.Storage;
    }

    private static void RequireCached(HubCache cache, RepositoryId[]? selected, CancellationToken cancellationToken)
    {
        if (selected is not null)
        {
            CacheScan scan = cache.Scan(cancellationToken);
            if (selected.FirstOrDefault(id => scan.Find(id) is null) is { } missing)
            {
                throw CacheErrors.NotCached(missing, null, scan.Directory);
            }
        }
    }

    private static async Task<CacheVerification> VerifyAsync(
        Invocation invocation, HubCache cache, RepositoryId[]? selected, CancellationToken cancellationToken)
    {
        using VerifyProgress progress = new(invocation);
        return await cache.VerifyAsync(selected, progress, cancellationToken);
    }

    private static async Task RepairAsync(
        Invocation invocation, HubClient hub, HubSettings settings, HubCache cache, CacheVerification found, CancellationToken cancellationToken)
    {
        CacheRemovalResult removed = await cache.ExecuteAsync(cache.PlanRepair(found), cancellationToken);
        foreach (CacheProblem problem in removed.Problems)
        {
            invocation.Messages.Warn(Text.Printable(problem.ToString()));
        }

        if (settings.Offline)
        {
            invocation.Messages.Warn("Offline mode is on: what was removed has to be downloaded later.");
            return;
        }

        DownloadRun run = new(invocation, hub, settings);
        foreach (CachedRevisionGap gap in found.Gaps)
        {
            DownloadOptions options = new() { Revision = gap.Commit, Include = [.. gap.Files.Select(FileSelection.Escape)] };
            await run.SnapshotAsync(gap.Repository, null, options, cancellationToken);
        }
    }

    private static void Show(Invocation invocation, CacheVerification found)
    {
        Table table = new(new("PROBLEM"), new("REPOSITORY", IsForPrograms: true), new("PATH", IsForPrograms: true), new("WHAT IT MEANS", MayWrap: true));
        foreach (CacheProblem problem in found.Problems)
        {
            table.Add(CacheJson.Name(problem.Kind), problem.Repository?.ToString(), problem.Path, problem.ToString());
        }

        table.Write(invocation.Console);
    }

    private static void Summarize(Invocation invocation, CacheVerification found, bool mended)
    {
        string read = $"{Text.Count(found.FilesVerified, "file")} verified, {Text.Size(found.BytesRead)} read";
        if (found.Unverifiable.Count > 0)
        {
            invocation.Messages.Hint($"{Text.Count(found.Unverifiable.Count, "file")} could not be checked: nothing says what they should be");
        }

        if (found.IsSound)
        {
            invocation.Messages.Done(mended ? $"Repaired; {read}" : $"{read}; everything is sound");
        }
        else
        {
            invocation.Messages.Warn($"{read}; the cache is not sound. 'snug cache verify --repair' mends it.");
        }
    }

    private static void Write(Utf8JsonWriter json, CacheVerification found, bool mended)
    {
        json.WriteString("directory", found.Scan.Directory);
        json.WriteBoolean("sound", found.IsSound);
        json.WriteBoolean("repaired", mended);
        json.WriteNumber("filesVerified", found.FilesVerified);
        json.WriteNumber("bytesRead", found.BytesRead);
        CacheJson.WriteProblems(json, found.Problems);
        json.WriteStartArray("missing");
        foreach (CachedRevisionGap gap in found.Gaps)
        {
            json.WriteStartObject();
            json.WriteString("repository", gap.Repository.ToString());
            json.WriteString("commit", gap.Commit);
            json.WriteStrings("files", gap.Files);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStrings("unverifiable", found.Unverifiable);
    }
}
