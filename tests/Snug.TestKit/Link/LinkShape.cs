namespace Snug.TestKit;

/// <summary>What a line between client and server is like, for each connection of its own.</summary>
public sealed record LinkShape
{
    /// <summary>The time from sending a byte to receiving the answer to it; opening a connection costs one as well.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>The rate of one connection towards the client, in bytes per second; unlimited when missing.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>The rate of one connection towards the server, in bytes per second; unlimited when missing.</summary>
    public double? UploadBytesPerSecond { get; init; }
}
