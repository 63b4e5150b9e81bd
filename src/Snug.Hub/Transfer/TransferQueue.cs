using System.Numerics;

namespace Snug.Hub;

/// <summary>
/// The contents of one download that are still to be fetched, in the order in which they are begun: largest first, so that no
/// large one is left over when the small ones are done, and small ones of about the same size in an order of chance, so that
/// processes which want the same meet rarely. Not thread-safe; the engine's lock guards it.
/// </summary>
internal sealed class TransferQueue
{
    private const int PollsPerTick = 64;

    private readonly PriorityQueue<TransferItem, long> _large = new();
    private readonly PriorityQueue<TransferItem, double> _small = new();
    private readonly Queue<WaitingItem> _waiting = new();

    public void Add(TransferItem item)
    {
        if (IsSmall(item))
        {
#pragma warning disable CA5394 // An order needs no cryptographic randomness.
            _small.Enqueue(item, -BitOperations.Log2((ulong)item.Size + 1) + Random.Shared.NextDouble());
#pragma warning restore CA5394
        }
        else
        {
            _large.Enqueue(item, -item.Size);
        }
    }

    public void AddWaiting(WaitingItem item) => _waiting.Enqueue(item);

    public TransferItem? TakeLarge() => _large.TryDequeue(out TransferItem? item, out _) ? item : null;

    public TransferItem? TakeSmall() => _small.TryDequeue(out TransferItem? item, out _) ? item : null;

    /// <summary>The waiting contents whose turn it is to be looked at; the caller puts back those that go on waiting.</summary>
    public List<WaitingItem> TakeWaiting()
    {
        List<WaitingItem> due = [];
        while (due.Count < PollsPerTick && _waiting.TryDequeue(out WaitingItem? item))
        {
            due.Add(item);
        }

        return due;
    }

    /// <summary>Whether a content fits into one block and is received in memory.</summary>
    public static bool IsSmall(TransferItem item) => item.Size <= BlockPool.BlockSize;
}
