using System.CommandLine;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug cache list</c>: what is in the cache and how much room it takes.</summary>
internal sealed class CacheListCommand : SnugCommand
{
    private readonly Option<bool> _revisions = new("--revisions") { Description = "A line for each revision instead of each repository." };

    public CacheListCommand(CliConsole console, CommonOptions common)
        : base("list", "List what is in the cache, with exact sizes.", console, common)
    {
        Aliases.Add("ls");
        AddAll(_revisions, common.CacheDirectory, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples => ["snug cache list", "snug cache list --revisions", "snug cache list --json"];

    protected override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        CacheScan scan = invocation.OpenCache().Scan(cancellationToken);
        if (invocation.IsJson)
        {
            invocation.WriteJson(json => Write(json, scan));
            return Task.FromResult(ExitCodes.Done);
        }

        DateTimeOffset now = invocation.Console.Time.GetUtcNow();
        if (invocation.Get(_revisions))
        {
            Revisions(scan, now).Write(invocation.Console);
        }
        else
        {
            Repositories(scan, now).Write(invocation.Console);
        }

        Summarize(invocation, scan);
        return Task.FromResult(ExitCodes.Done);
    }

    private static Table Repositories(CacheScan scan, DateTimeOffset now)
    {
        Table table = new(
            new("REPOSITORY"), new("SIZE", IsNumber: true), new("REVISIONS", IsNumber: true), new("FILES", IsNumber: true), new("LAST USED"), new("REFS", MayWrap: true));
        foreach (CachedRepository repository in scan.Repositories)
        {
            table.Add(
                repository.Id.ToString(),
                TableCell.Size(repository.SizeInBytes),
                TableCell.Number(repository.Revisions.Count),
                TableCell.Number(repository.ContentCount),
                TableCell.Time(repository.LastAccessed, now),
                string.Join(' ', repository.Refs.Keys.Order(StringComparer.Ordinal)));
        }

        return table;
    }

    private static Table Revisions(CacheScan scan, DateTimeOffset now)
    {
        Table table = new(
            new("REPOSITORY"), new("COMMIT"), new("SIZE", IsNumber: true), new("FILES", IsNumber: true), new("CHANGED"), new("REFS", MayWrap: true));
        foreach (CachedRepository repository in scan.Repositories)
        {
            foreach (CachedRevision revision in repository.Revisions)
            {
                table.Add(
                    repository.Id.ToString(),
                    TableCell.Commit(revision.Commit),
                    TableCell.Size(revision.SizeInBytes),
                    TableCell.Number(revision.Files.Count),
                    TableCell.Time(revision.LastModified, now),
                    string.Join(' ', revision.Refs));
            }
        }

        return table;
    }

    private static void Summarize(Invocation invocation, CacheScan scan)
    {
        string repositories = scan.Repositories.Count == 1 ? "1 repository" : $"{scan.Repositories.Count:#,0} repositories";
        invocation.Messages.Hint(scan.Repositories.Count == 0
            ? $"Nothing is cached in {scan.Directory}"
            : $"{repositories}, {Text.Size(scan.SizeInBytes)}, in {scan.Directory}");
        if (scan.TotalBytes > scan.SizeInBytes)
        {
            string[] parts =
            [
                .. Part(scan.UnreferencedBytes, "that nothing uses"),
                .. Part(scan.PartialBytes, "of unfinished downloads"),
                .. Part(scan.LeftoverBytes, "that interrupted programs left"),
            ];
            invocation.Messages.Hint($"Besides {string.Join(", ", parts)}: 'snug cache prune' removes what is not needed");
        }

        if (scan.Problems.Count > 0)
        {
            invocation.Messages.Warn($"{Text.Count(scan.Problems.Count, "problem")}; 'snug cache verify' tells more.");
        }
    }

    private static IEnumerable<string> Part(long bytes, string what) => bytes > 0 ? [$"{Text.Size(bytes)} {what}"] : [];

    private static void Write(Utf8JsonWriter json, CacheScan scan)
    {
        json.WriteString("directory", scan.Directory);
        json.WriteNumber("sizeInBytes", scan.SizeInBytes);
        json.WriteNumber("unreferencedBytes", scan.UnreferencedBytes);
        json.WriteNumber("partialBytes", scan.PartialBytes);
        json.WriteNumber("leftoverBytes", scan.LeftoverBytes);
        json.WriteStartArray("repositories");
        foreach (CachedRepository repository in scan.Repositories)
        {
            json.WriteStartObject();
            CacheJson.WriteRepository(json, repository);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        CacheJson.WriteProblems(json, scan.Problems);
    }
}
