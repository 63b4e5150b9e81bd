using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug cache info</c>: one cached repository in full.</summary>
internal sealed class CacheInfoCommand : SnugCommand
{
    private readonly Argument<string> _repository = CommonOptions.Repository();

    public CacheInfoCommand(CliConsole console, CommonOptions common)
        : base("info", "Show one cached repository: its revisions, files and sizes.", console, common)
    {
        Add(_repository);
        AddAll(common.Type, common.CacheDirectory, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples => ["snug cache info openai/whisper-tiny", "snug cache info datasets/rajpurkar/squad --json"];

    protected override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        RepositoryId id = invocation.Repository(invocation.Get(_repository)!, HubSettings.Resolve(invocation.ClientOptions())).Repository;
        CacheScan scan = invocation.OpenCache().Scan(cancellationToken);
        CachedRepository repository = scan.Find(id) ?? throw CacheErrors.NotCached(id, null, scan.Directory);
        CacheProblem[] problems = [.. scan.Problems.Where(p => p.Repository == id)];
        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                CacheJson.WriteRepository(json, repository);
                CacheJson.WriteProblems(json, problems);
            });
            return Task.FromResult(ExitCodes.Done);
        }

        DateTimeOffset now = invocation.Console.Time.GetUtcNow();
        Sections sections = new(invocation.Console);
        sections.Add(
            "",
            [
                new SectionRow("repository", repository.Id.ToString()),
                new SectionRow("folder", repository.Directory),
                new SectionRow("size", Text.Size(repository.SizeInBytes)),
                .. Optional("unused", repository.UnreferencedBytes),
                .. Optional("unfinished", repository.PartialBytes),
                new SectionRow("changed", Text.Ago(repository.LastModified, now)),
                new SectionRow("last used", Text.Ago(repository.LastAccessed, now)),
            ]);
        foreach (CachedRevision revision in repository.Revisions)
        {
            string refs = revision.IsDetached ? "no ref points here" : string.Join(", ", revision.Refs);
            sections.Add(
                $"{revision.Commit} ({refs})",
                [.. revision.Files.Select(f => new SectionRow(Text.Size(f.SizeInBytes), f.Path))]);
        }

        sections.Write();
        foreach (CacheProblem problem in problems)
        {
            invocation.Messages.Warn(Text.Printable(problem.ToString()));
        }

        return Task.FromResult(ExitCodes.Done);
    }

    private static IEnumerable<SectionRow> Optional(string name, long bytes) => bytes > 0 ? [new SectionRow(name, Text.Size(bytes))] : [];
}
