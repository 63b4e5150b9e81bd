namespace Snug.Inference;

/// <summary>
/// Where the threads of a team are in the layers whose rows they share. All run the same layers in the same order, so each counts them for
/// itself. A counter is set back long after its layer, which everybody has left by then: there is a barrier after every few layers.
/// </summary>
internal sealed class TurnCounters
{
    private const int Count = 64;

    /// <summary>Numbers between two counters, which keeps them in lines of their own.</summary>
    private const int Stride = 16;

    private readonly int[] _next = new int[Count * Stride];

    /// <summary>Begins a pass; no thread may be in one.</summary>
    public void Clear() => Array.Clear(_next);

    /// <summary>The counter of a layer.</summary>
    /// <param name="layer">Its number in the pass.</param>
    public ref int Begin(int layer)
    {
        Volatile.Write(ref _next[(layer + (Count / 2)) % Count * Stride], 0);
        return ref _next[layer % Count * Stride];
    }
}
