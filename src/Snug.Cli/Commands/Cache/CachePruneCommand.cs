using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug cache prune</c>: what nothing needs any more.</summary>
internal sealed class CachePruneCommand : CacheRemovalCommand
{
    private readonly Option<bool> _keepDetached = new("--keep-detached") { Description = "Keep revisions that no branch or tag points at." };

    public CachePruneCommand(CliConsole console, CommonOptions common)
        : base("prune", "Remove what nothing needs: revisions without a ref, unused blobs, abandoned downloads.", console, common) => Add(_keepDetached);

    public override IReadOnlyList<string> Examples => ["snug cache prune --dry-run", "snug cache prune --yes", "snug cache prune --keep-detached"];

    protected override CacheRemovalPlan Plan(Invocation invocation, HubCache cache, CancellationToken cancellationToken) =>
        cache.PlanPrune(new CachePruneOptions { DetachedRevisions = !invocation.Get(_keepDetached) }, cancellationToken);
}
