using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug cache clear</c>: everything but running downloads.</summary>
internal sealed class CacheClearCommand(CliConsole console, CommonOptions common)
    : CacheRemovalCommand("clear", "Remove everything from the cache but running downloads.", console, common)
{
    public override IReadOnlyList<string> Examples => ["snug cache clear", "snug cache clear --yes"];

    protected override CacheRemovalPlan Plan(Invocation invocation, HubCache cache, CancellationToken cancellationToken) =>
        cache.PlanClear(cancellationToken);
}
