using Microsoft.AspNetCore.Http;

namespace Snug.TestKit;

/// <summary>
/// One way in which a server or the network between misbehaves, played on one exchange. Combine it with a <see cref="FaultRule"/>,
/// which says when.
/// </summary>
public sealed partial class Fault
{
    private readonly Func<FaultExchange, Task> _play;

    private Fault(string name, Func<FaultExchange, Task> play)
    {
        Name = name;
        _play = play;
    }

    /// <summary>What it does, for logs and the names of test cases.</summary>
    public string Name { get; }

    /// <summary>A fault of a test's own.</summary>
    /// <param name="name">What it does.</param>
    /// <param name="play">Answers the request, or changes request or answer and calls the rest.</param>
    public static Fault Custom(string name, Func<HttpContext, Func<Task>, Task> play) =>
        new(name, exchange => play(exchange.Context, exchange.AnswerAsync));

    /// <summary>Several faults on the same exchange, the first one outermost.</summary>
    public static Fault All(params Fault[] faults) => new(
        string.Join(" + ", faults.Select(fault => fault.Name)),
        exchange => faults.Reverse().Aggregate(
            exchange,
            (inner, fault) => new FaultExchange(inner.Context, inner.Record, () => fault._play(inner), inner.Ending)).AnswerAsync());

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal Task PlayAsync(FaultExchange exchange) => _play(exchange);
}
