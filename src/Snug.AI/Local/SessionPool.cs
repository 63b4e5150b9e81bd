using Snug.Pretrained;

namespace Snug.AI;

/// <summary>
/// Sessions with what they have read. A request gets the one that knows most of its prompt; when all are in use it waits its turn.
/// </summary>
internal sealed class SessionPool(PretrainedModel model, int size) : IDisposable
{
    private readonly SemaphoreSlim _free = new(size);
    private readonly Lock _gate = new();

    /// <summary>Sessions that nobody uses, the longest unused first.</summary>
    private readonly List<TextSession> _idle = [];
    private int _created;
    private bool _disposed;

    public async Task<TextSession> RentAsync(int[] prompt, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, typeof(LocalChatClient));
                return Take(prompt);
            }
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    public void Return(TextSession session)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                session.Dispose();
            }
            else
            {
                _idle.Add(session);
            }
        }

        _free.Release();
    }

    /// <summary>Frees the sessions; those in use when they come back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _idle.ForEach(session => session.Dispose());
            _idle.Clear();
        }
    }

    private TextSession Take(int[] prompt)
    {
        int best = -1;
        int known = -1;
        for (int i = 0; i < _idle.Count; i++)
        {
            if (_idle[i].CountKnown(prompt) is var count && count > known)
            {
                (best, known) = (i, count);
            }
        }

        // What another conversation has read is only thrown away when there may be no further session: a common start, such as the
        // system's message, does not make it the same conversation.
        if (best < 0 || (_created < size && known * 2 < _idle[best].Length))
        {
            _created++;
            return model.CreateSession();
        }

        TextSession session = _idle[best];
        _idle.RemoveAt(best);
        return session;
    }
}
