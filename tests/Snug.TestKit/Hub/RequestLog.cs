namespace Snug.TestKit;

/// <summary>The requests that a hub has received, in their order; safe to read while more come.</summary>
public sealed class RequestLog
{
    private readonly Lock _gate = new();
    private readonly List<RequestRecord> _records = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _records.Count;
            }
        }
    }

    /// <summary>Bytes of all bodies.</summary>
    public long BytesSent => Snapshot().Sum(record => record.BytesSent);

    /// <summary>Requests of the API: information, listings and the like.</summary>
    public int ApiCount => Snapshot().Count(record => record.Listener == HubListener.Endpoint && record.Path.StartsWith("/api/", StringComparison.Ordinal));

    /// <summary>Requests for file content that go to the Hub, before any redirect.</summary>
    public int ResolveCount => Snapshot().Count(record => record.IsResolve);

    /// <summary>Requests that the storage listener received.</summary>
    public int StorageCount => Snapshot().Count(record => record.Listener == HubListener.Storage);

    /// <summary>The requests so far.</summary>
    public RequestRecord[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _records];
        }
    }

    /// <summary>Forgets what was.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _records.Clear();
        }
    }

    /// <summary>Waits until no exchange is under way, so that statuses and byte counts are final.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken = default)
    {
        while (Snapshot().Any(record => !record.IsEnded))
        {
            await Task.Delay(5, cancellationToken);
        }
    }

    /// <summary>All requests, one a line.</summary>
    public override string ToString() => string.Join('\n', Snapshot().Select(record => record.ToString()));

    internal void Add(RequestRecord record)
    {
        lock (_gate)
        {
            _records.Add(record);
        }
    }
}
