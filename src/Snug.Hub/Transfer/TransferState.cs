using System.Runtime.ExceptionServices;

namespace Snug.Hub;

/// <summary>What the workers, the monitor and the running files of one download share.</summary>
internal sealed class TransferState(int contents, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly List<Task> _completions = [];
    private TaskCompletionSource _pulse = NewPulse();
    private ExceptionDispatchInfo? _failure;
    private int _left = contents;

    /// <summary>Guards <see cref="Queue"/>, <see cref="Active"/> and <see cref="SmallConnections"/>.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The contents not begun yet.</summary>
    public TransferQueue Queue { get; } = new();

    /// <summary>The large files under way.</summary>
    public List<LargeFile> Active { get; } = [];

    /// <summary>Hashes the large files.</summary>
    public HashThreads Hashing { get; } = new();

    /// <summary>The connections of small files, for the watchdog.</summary>
    public HashSet<Connection> SmallConnections { get; } = [];

    /// <summary>Small files transferred so far.</summary>
    public int SmallDone;

    /// <summary>Cancelled by the caller, by the first failure, and at the end.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Whether nothing is left to be begun or waited for.</summary>
    private bool Finished => Volatile.Read(ref _left) == 0 || _stop.IsCancellationRequested;

    /// <summary>Hands out what an idle worker waits for: it ends when something changed, the end of the download included.</summary>
    /// <returns><see langword="false"/> once nothing is left to be done; then nobody may ever end the wait.</returns>
    public bool TryGetPulse(out Task pulse)
    {
        // In this order: an end that comes between the two lines ends the pulse that was taken.
        pulse = Volatile.Read(ref _pulse).Task;
        return !Finished;
    }

    /// <summary>Wakes idle workers.</summary>
    public void Pulse() => Interlocked.Exchange(ref _pulse, NewPulse()).TrySetResult();

    /// <summary>One content is published.</summary>
    public void ContentDone()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            Pulse();
        }
    }

    /// <summary>Runs something beside the workers; its failure is the download's.</summary>
    public void Run(Func<Task> action)
    {
        Task task = Task.Run(() => GuardAsync(action), CancellationToken.None);
        lock (Gate)
        {
            _completions.Add(task);
        }
    }

    /// <summary>Runs a part of the download; the first failure stops all others.</summary>
    public async Task GuardAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // What stopped it is reported once, at the end.
        }
        catch (Exception e)
        {
            lock (Gate)
            {
                _failure ??= ExceptionDispatchInfo.Capture(e);
            }

            await _stop.CancelAsync().ConfigureAwait(false);
            Pulse();
        }
    }

    /// <summary>Stops what still runs, waits for it, and throws the first failure.</summary>
    public async Task EndAsync(Task monitor, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await monitor.ConfigureAwait(false);
        await Task.WhenAll(_completions).ConfigureAwait(false);
        _failure?.Throw();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        Hashing.Dispose();
        foreach (LargeFile file in Active)
        {
            file.Leave();
        }

        _stop.Dispose();
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
