using System.Globalization;

namespace Snug.TestKit;

/// <summary>One request as the hub saw it. What the answer was is known when <see cref="IsEnded"/>.</summary>
public sealed class RequestRecord
{
    private long _bytesSent;
    private volatile bool _ended;

    /// <summary>The listener that it came to.</summary>
    public required HubListener Listener { get; init; }

    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, decoded, without the query.</summary>
    public required string Path { get; init; }

    /// <summary>The query with its question mark, or nothing.</summary>
    public required string Query { get; init; }

    /// <summary>The host that was asked for.</summary>
    public required string Host { get; init; }

    /// <summary>The <c>Range</c> header.</summary>
    public string? Range { get; init; }

    /// <summary>Whether the request carried any <c>Authorization</c>.</summary>
    public bool HasAuthorization { get; init; }

    /// <summary>Whether a token stands anywhere in the request: any header, path or query.</summary>
    public bool HasToken { get; init; }

    /// <summary>The <c>User-Agent</c> header.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The connection that it came on; the same for requests that share one.</summary>
    public required string Connection { get; init; }

    /// <summary>The fault that was played on it.</summary>
    public Fault? Fault { get; internal set; }

    /// <summary>The status of the answer, or zero when the connection was cut before one.</summary>
    public int Status { get; internal set; }

    /// <summary>
    /// Bytes of the body handed to the connection so far. The client may have received fewer when it left early: the server
    /// buffers up to half a megabyte, and both kernels some more.
    /// </summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Whether the exchange is over.</summary>
    public bool IsEnded => _ended;

    /// <summary>Whether the answer was sent to its end.</summary>
    public bool IsWhole { get; internal set; }

    /// <summary>Whether it asks for a file's content: not for information, a listing, or a redirect's target.</summary>
    public bool IsResolve => Listener == HubListener.Endpoint && Path.Contains("/resolve/", StringComparison.Ordinal);

    /// <summary>The number of bytes that the range asks for, when it has two ends.</summary>
    public long? RangeLength =>
        Range is { } range && range.StartsWith("bytes=", StringComparison.Ordinal) && range[6..].Split('-') is [{ Length: > 0 } first, { Length: > 0 } last]
            ? long.Parse(last, CultureInfo.InvariantCulture) - long.Parse(first, CultureInfo.InvariantCulture) + 1
            : null;

    /// <summary>One line, for messages of tests.</summary>
    public override string ToString() =>
        $"{Listener} {Method} {Path}{(Range is null ? "" : $" [{Range}]")} -> {Status}, {BytesSent} bytes{(IsWhole ? "" : ", cut")}{(Fault is null ? "" : $" ({Fault.Name})")}";

    /// <summary>Whether the hub cut the connection.</summary>
    internal bool IsCut { get; set; }

    internal void AddSent(long bytes) => Interlocked.Add(ref _bytesSent, bytes);

    internal void End() => _ended = true;
}
