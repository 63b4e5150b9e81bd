using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug cache remove</c>: repositories, or single revisions of them.</summary>
internal sealed class CacheRemoveCommand : CacheRemovalCommand
{
    private readonly Argument<string[]> _targets = new("TARGETS")
    {
        Description = "Repositories; with '@REVISION' at the end (a ref, a commit or the beginning of one) only that revision.",
        Arity = ArgumentArity.OneOrMore,
    };

    public CacheRemoveCommand(CliConsole console, CommonOptions common)
        : base("remove", "Remove repositories, or revisions of them, from the cache.", console, common)
    {
        Aliases.Add("rm");
        Add(_targets);
        Add(common.Type);
    }

    public override IReadOnlyList<string> Examples =>
        ["snug cache remove openai/whisper-tiny", "snug cache remove openai/whisper-tiny@169d4a4 --yes", "snug cache remove datasets/rajpurkar/squad --dry-run"];

    protected override CacheRemovalPlan Plan(Invocation invocation, HubCache cache, CancellationToken cancellationToken)
    {
        HubSettings settings = HubSettings.Resolve(invocation.ClientOptions());
        CacheRemovalPlan plan = cache.PlanRemoval([.. invocation.Get(_targets)!.Select(t => Read(invocation, settings, t))], cancellationToken);
        return plan.NotFound.Count == 0 ? plan : throw NotCached(plan.NotFound, cache.Directory);
    }

    private static RepositoryReference Read(Invocation invocation, HubSettings settings, string target)
    {
        int at = target.LastIndexOf('@');
        bool isPlain = at > 0 && !target.Contains("://", StringComparison.Ordinal);
        RepositoryReference reference = invocation.Repository(isPlain ? target[..at] : target, settings);
        return isPlain ? reference with { Revision = target[(at + 1)..] } : reference;
    }

    /// <summary>Nothing is removed when a part of what was named is not there: it may be a slip of the pen.</summary>
    private static HubException NotCached(IReadOnlyList<RepositoryReference> missing, string directory)
    {
        string names = string.Join(", ", missing.Select(m => m.Revision is null ? m.Repository.ToString() : $"{m.Repository}@{m.Revision}"));
        return new HubException(HubErrorKind.Offline, $"Not in the cache '{directory}': {names}. Nothing was removed.")
        {
            Repository = missing[0].Repository,
            Revision = missing[0].Revision,
            Advice = ["Run 'snug cache list --revisions' to see what is there."],
        };
    }
}
