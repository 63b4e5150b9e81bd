namespace Snug.Hub;

/// <summary>
/// A content that another process is downloading. Its lock is asked for again and again, never waited for: the holder may be
/// stuck, or the file system may have forgotten to release it.
/// </summary>
internal sealed class WaitingItem(TransferItem item, TimeProvider time)
{
    private static readonly TimeSpan MarkInterval = TimeSpan.FromSeconds(2);

    private long _mark = PartialFiles.ProgressMark(item);
    private long _markRead = time.GetTimestamp();
    private long _markChanged = time.GetTimestamp();

    public TransferItem Item { get; } = item;

    /// <summary>How long the holder has made no progress that could be seen.</summary>
    public TimeSpan StuckFor()
    {
        long now = time.GetTimestamp();
        if (time.GetElapsedTime(_markRead, now) >= MarkInterval)
        {
            _markRead = now;
            long mark = PartialFiles.ProgressMark(Item);
            if (mark != _mark)
            {
                (_mark, _markChanged) = (mark, now);
            }
        }

        return time.GetElapsedTime(_markChanged, now);
    }
}
