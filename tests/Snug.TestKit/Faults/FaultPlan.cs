namespace Snug.TestKit;

/// <summary>The faults of a hub. Rules are tried in their order; the first that applies to a request is the one that happens.</summary>
public sealed class FaultPlan
{
    private volatile FaultRule[] _rules = [];

    /// <summary>The rules.</summary>
    public IReadOnlyList<FaultRule> Rules => _rules;

    /// <summary>Adds a rule.</summary>
    public FaultRule Add(FaultRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rules = [.. _rules, rule];
        return rule;
    }

    /// <summary>Adds a fault of the requests for a path, a number of times.</summary>
    /// <param name="path">The path, where <c>*</c> stands for anything.</param>
    /// <param name="fault">What happens.</param>
    /// <param name="times">How often; without end when missing.</param>
    public FaultRule Add(string path, Fault fault, int? times = null) => Add(new FaultRule { Fault = fault, Path = path, Times = times });

    /// <summary>Takes all rules away; requests under way keep their faults.</summary>
    public void Clear() => _rules = [];

    internal Fault? Find(RequestRecord request) => Array.Find(_rules, rule => rule.Applies(request))?.Fault;
}
