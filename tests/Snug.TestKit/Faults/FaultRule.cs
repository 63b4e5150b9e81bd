using System.IO.Enumeration;

namespace Snug.TestKit;

/// <summary>When a fault happens. All conditions that are set must hold; counting counts the requests that the other conditions let through.</summary>
public sealed class FaultRule
{
    private readonly Lock _gate = new();
    private Random? _random;
    private int _matches;
    private int _hits;

    /// <summary>What happens.</summary>
    public required Fault Fault { get; init; }

    /// <summary>Only requests of this listener.</summary>
    public HubListener? Listener { get; init; }

    /// <summary>Only requests with this method.</summary>
    public string? Method { get; init; }

    /// <summary>Only requests whose path, decoded and without the query, matches; <c>*</c> stands for anything, slashes included.</summary>
    public string? Path { get; init; }

    /// <summary>Only requests with (true) or without (false) a range.</summary>
    public bool? HasRange { get; init; }

    /// <summary>How many matching requests pass before the first fault.</summary>
    public int Skip { get; init; }

    /// <summary>How often the fault happens; without end when missing.</summary>
    public int? Times { get; init; }

    /// <summary>How likely the fault is for each request, from 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Makes what <see cref="Probability"/> decides repeatable, for requests in the same order.</summary>
    public int Seed { get; init; }

    /// <summary>How often the fault has happened.</summary>
    public int Hits => Volatile.Read(ref _hits);

    internal bool Applies(RequestRecord request)
    {
        if ((Listener is { } listener && listener != request.Listener)
            || (Method is { } method && !method.Equals(request.Method, StringComparison.OrdinalIgnoreCase))
            || (Path is { } path && !FileSystemName.MatchesSimpleExpression(path, request.Path, ignoreCase: false))
            || (HasRange is { } hasRange && hasRange != request.Range is not null))
        {
            return false;
        }

        lock (_gate)
        {
            if (_matches++ < Skip || _hits >= Times)
            {
                return false;
            }

#pragma warning disable CA5394 // Faults need no cryptographic randomness.
            if (Probability < 1 && (_random ??= new Random(Seed)).NextDouble() >= Probability)
#pragma warning restore CA5394
            {
                return false;
            }

            _hits++;
            return true;
        }
    }
}
