namespace Snug.Hub;

/// <summary>
/// The contents of one download that are still to be fetched, in the order in which they are begun: largest first, so that no
/// large one is left over when the small ones are done. Not thread-safe; the engine's lock guards it.
/// </summary>
internal sealed class TransferQueue
{
    private const int PollsPerTick = 64;

    private readonly PriorityQueue<TransferItem, long> _large = new();
    private readonly PriorityQueue<TransferItem, long> _small = new();
    private readonly Queue<WaitingItem> _waiting = new();

    public void Add(TransferItem item) => (IsSmall(item) ? _small : _large).Enqueue(item, -item.Size);

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
