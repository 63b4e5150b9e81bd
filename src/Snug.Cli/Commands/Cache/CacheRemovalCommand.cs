using System.CommandLine;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>What <c>remove</c>, <c>prune</c> and <c>clear</c> share: show the plan, ask, carry it out.</summary>
internal abstract class CacheRemovalCommand : SnugCommand
{
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be removed, and remove nothing." };

    protected CacheRemovalCommand(string name, string description, CliConsole console, CommonOptions common)
        : base(name, description, console, common) => AddAll(_yes, _dryRun, common.CacheDirectory, common.Json, common.Quiet);

    /// <summary>Decides what goes.</summary>
    protected abstract CacheRemovalPlan Plan(Invocation invocation, HubCache cache, CancellationToken cancellationToken);

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        HubCache cache = invocation.OpenCache();
        CacheRemovalPlan plan = Plan(invocation, cache, cancellationToken);
        bool dryRun = invocation.Get(_dryRun);
        CacheRemovalResult? result = null;
        if (!invocation.IsJson)
        {
            Show(invocation, plan);
        }

        if (!dryRun && !plan.IsEmpty)
        {
            if (!invocation.Get(_yes) && !Confirmation.Ask(invocation, $"Remove this and free {Text.Size(plan.BytesFreed)}?", "Removing"))
            {
                invocation.Messages.Say("Nothing was removed.");
                return ExitCodes.Done;
            }

            result = await cache.ExecuteAsync(plan, cancellationToken);
        }

        if (invocation.IsJson)
        {
            invocation.WriteJson(json => Write(json, plan, dryRun, result));
        }

        Summarize(invocation, plan, dryRun, result);
        return result is { Problems.Count: > 0 } ? ExitCodes.Storage : ExitCodes.Done;
    }

    private static void Show(Invocation invocation, CacheRemovalPlan plan)
    {
        Table table = new(new("REMOVE"), new("SIZE", IsNumber: true), new("WHAT", MayWrap: true));
        foreach (IGrouping<string, CacheRemovalItem> group in plan.Items.GroupBy(i => i.Repository?.ToString() ?? "shared blobs"))
        {
            bool whole = plan.Repositories.Any(r => r.ToString() == group.Key);
            string[] commits = [.. plan.Revisions.Where(r => r.Repository.ToString() == group.Key).Select(r => Text.ShortCommit(r.Commit))];
            table.Add(group.Key, TableCell.Size(group.Sum(i => i.SizeInBytes)), Describe(group, whole, commits));
        }

        table.Write(invocation.Console);
        foreach (CacheSpared spared in plan.Spared)
        {
            invocation.Messages.Hint($"Kept: {Text.Printable(spared.Path)}: {Text.Printable(spared.Reason)}");
        }
    }

    private static string Describe(IEnumerable<CacheRemovalItem> items, bool whole, string[] commits)
    {
        if (whole)
        {
            return "everything";
        }

        List<string> parts = [];
        if (commits.Length > 0)
        {
            parts.Add((commits.Length == 1 ? "revision " : "revisions ") + string.Join(", ", commits));
        }

        Add(CacheRemovalKind.Blob, "blob");
        Add(CacheRemovalKind.SharedBlob, "shared blob");
        Add(CacheRemovalKind.Partial, "unfinished download");
        Add(CacheRemovalKind.Leftover, "temporary file");
        return parts.Count > 0 ? string.Join(", ", parts) : Text.Count(items.Count(), "entry").Replace("entrys", "entries", StringComparison.Ordinal);

        void Add(CacheRemovalKind kind, string name)
        {
            int count = items.Count(i => i.Kind == kind);
            if (count > 0)
            {
                parts.Add(Text.Count(count, name));
            }
        }
    }

    private static void Summarize(Invocation invocation, CacheRemovalPlan plan, bool dryRun, CacheRemovalResult? result)
    {
        if (plan.IsEmpty)
        {
            invocation.Messages.Say("Nothing to remove.");
        }
        else if (dryRun)
        {
            invocation.Messages.Hint($"{Text.Size(plan.BytesFreed)} would be freed; nothing was removed.");
        }
        else if (result is not null)
        {
            foreach (CacheProblem problem in result.Problems)
            {
                invocation.Messages.Warn(Text.Printable(problem.ToString()));
            }

            invocation.Messages.Done($"{Text.Size(result.BytesFreed)} freed");
        }
    }

    private static void Write(Utf8JsonWriter json, CacheRemovalPlan plan, bool dryRun, CacheRemovalResult? result)
    {
        json.WriteString("directory", plan.Directory);
        json.WriteBoolean("dryRun", dryRun);
        json.WriteNumber("bytesFreed", dryRun ? plan.BytesFreed : result?.BytesFreed ?? 0);
        json.WriteStrings("repositories", plan.Repositories.Select(r => r.ToString()));
        json.WriteStartArray("revisions");
        foreach (CachedRevision revision in plan.Revisions)
        {
            json.WriteStartObject();
            json.WriteString("repository", revision.Repository.ToString());
            json.WriteString("commit", revision.Commit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("items");
        foreach (CacheRemovalItem item in plan.Items)
        {
            json.WriteStartObject();
            json.WriteString("kind", CacheJson.Name(item.Kind));
            json.WriteString("repository", item.Repository?.ToString());
            json.WriteString("path", item.Path);
            json.WriteNumber("sizeInBytes", item.SizeInBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("spared");
        foreach (CacheSpared spared in plan.Spared)
        {
            json.WriteStartObject();
            json.WriteString("repository", spared.Repository?.ToString());
            json.WriteString("path", spared.Path);
            json.WriteNumber("sizeInBytes", spared.SizeInBytes);
            json.WriteString("reason", spared.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        CacheJson.WriteProblems(json, result?.Problems ?? []);
    }
}
