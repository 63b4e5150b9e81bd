using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Snug.TestKit;

/// <summary>
/// One direction of a connection over a shaped link. Bytes that arrive get the moment at which the line would deliver them (behind
/// the bytes before them at the line's rate, then the delay) and wait for it in order. Moments come from the clock alone, so late
/// timers do not add up.
/// </summary>
internal sealed class LinkDirection(
    Socket from, Socket to, TimeSpan delay, double? bytesPerSecond, long opened, TimeSpan opening, Action<int> count)
{
    private const int MinChunkSize = 16 * 1024;
    private const int MaxChunkSize = 256 * 1024;
    private const long MinInFlight = 512 * 1024;

    /// <summary>
    /// Bytes travel together that the line takes this long for: timers are not much finer, and each costs processor time that would be
    /// missing to those who are measured.
    /// </summary>
    private static readonly TimeSpan ChunkTime = TimeSpan.FromMilliseconds(5);

    /// <summary>A line without a rate has room for what fast loopback can put on it.</summary>
    private const double UnlimitedRate = 2e9;

    /// <summary>Timers are not finer; what is due within this time goes now.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMicroseconds(300);

    private static readonly TimeProvider Clock = TimeProvider.System;

    /// <summary>Carries bytes until their sender closes; a broken connection cuts both directions.</summary>
    public async Task RunAsync(CancellationTokenSource cut)
    {
        try
        {
            await (delay == TimeSpan.Zero && bytesPerSecond is null ? CopyAsync(cut.Token) : CarryAsync(cut.Token));
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            await cut.CancelAsync();
        }
    }

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxChunkSize);
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and int read)
            {
                await SendAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task CarryAsync(CancellationToken cancellationToken)
    {
        double rate = bytesPerSecond ?? UnlimitedRate;
        long room = Math.Max(MinInFlight, (long)(2 * rate * (delay.TotalSeconds + 0.005)));
        int chunkSize = (int)Math.Clamp(rate * ChunkTime.TotalSeconds, MinChunkSize, MaxChunkSize);
        Channel<Chunk> line = Channel.CreateBounded<Chunk>(new BoundedChannelOptions((int)Math.Max(16, room / chunkSize)) { SingleReader = true, SingleWriter = true });
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task delivering = DeliverAsync(line, broken);
        try
        {
            await ReceiveAsync(line.Writer, chunkSize, broken.Token);
            line.Writer.Complete();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // What the line holds is delivered before the bad news.
            line.Writer.Complete(e);
        }

        await delivering;
    }

    private async Task ReceiveAsync(ChannelWriter<Chunk> line, int chunkSize, CancellationToken cancellationToken)
    {
        long first = opened + Ticks(opening);
        long sent = 0;
        double ticksPerByte = bytesPerSecond is { } rate ? Clock.TimestampFrequency / rate : 0;
        while (true)
        {
            // Waiting for bytes holds no buffer: thousands of idle connections are cheap.
            await from.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(chunkSize);
            int read = await from.ReceiveAsync(buffer.AsMemory(0, chunkSize), cancellationToken);
            if (read == 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                return;
            }

            sent = Math.Max(Math.Max(Clock.GetTimestamp(), first), sent) + (long)(read * ticksPerByte);
            await line.WriteAsync(new Chunk(buffer, read, sent + Ticks(delay)), cancellationToken);
        }
    }

    private async Task DeliverAsync(Channel<Chunk> line, CancellationTokenSource broken)
    {
        try
        {
            while (await line.Reader.WaitToReadAsync(broken.Token))
            {
                while (line.Reader.TryRead(out Chunk chunk))
                {
                    try
                    {
                        TimeSpan wait = Clock.GetElapsedTime(Clock.GetTimestamp(), chunk.Due);
                        if (wait > Tolerance)
                        {
                            await Task.Delay(wait, broken.Token);
                        }

                        await SendAsync(chunk.Buffer.AsMemory(0, chunk.Length), broken.Token);
                    }
                    finally
                    {
                        ArrayPool<byte>.Shared.Return(chunk.Buffer);
                    }
                }
            }
        }
        catch
        {
            // The receiving side must not wait for room that never comes.
            await broken.CancelAsync();
            throw;
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        count(bytes.Length);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes, cancellationToken)..];
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Clock.TimestampFrequency);

    private readonly record struct Chunk(byte[] Buffer, int Length, long Due);
}
