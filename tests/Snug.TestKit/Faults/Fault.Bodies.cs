using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace Snug.TestKit;

/// <content>Faults in the body. Positions are those of the body sent, which is a part of the file when a range was asked for.</content>
public sealed partial class Fault
{
    /// <summary>The body falls silent after some bytes; the connection stays open.</summary>
    public static Fault StallBody(long after) => new(
        $"stall after {after} bytes",
        exchange => exchange.AnswerThroughAsync(async (data, offset, output, ending) =>
        {
            if (await ForwardUntilAsync(after, data, offset, output))
            {
                await exchange.HangAsync();
            }
        }));

    /// <summary>The body comes at a low rate.</summary>
    /// <param name="bytesPerSecond">The rate.</param>
    /// <param name="after">How many bytes come at full speed first.</param>
    public static Fault Trickle(double bytesPerSecond, long after = 0) => new(
        $"trickle at {bytesPerSecond:0} B/s",
        exchange =>
        {
            long started = 0;
            return exchange.AnswerThroughAsync(async (data, offset, output, ending) =>
            {
                int fast = (int)Math.Clamp(after - offset, 0, data.Length);
                await output.WriteAsync(data[..fast], ending);
                started = started == 0 ? TimeProvider.System.GetTimestamp() : started;
                int step = (int)Math.Clamp(bytesPerSecond / 20, 1, 64 * 1024);
                for (int at = fast; at < data.Length; at += step)
                {
                    // By the clock, so that late timers do not add up.
                    double due = (offset + at - after) / bytesPerSecond;
                    TimeSpan wait = TimeSpan.FromSeconds(due) - TimeProvider.System.GetElapsedTime(started);
                    if (wait > TimeSpan.Zero)
                    {
                        await Task.Delay(wait, ending);
                    }

                    await output.WriteAsync(data.Slice(at, Math.Min(step, data.Length - at)), ending);
                }
            });
        });

    /// <summary>The connection is reset after some bytes of the body have arrived.</summary>
    public static Fault ResetBody(long at) => new(
        $"reset after {at} bytes",
        exchange => exchange.AnswerThroughAsync(async (data, offset, output, ending) =>
        {
            if (await ForwardUntilAsync(at, data, offset, output))
            {
                await exchange.ResetAsync();
            }
        }));

    /// <summary>The body ends early and the connection is closed, although the head, or the chunks, promised more.</summary>
    public static Fault TruncateBody(long at) => new(
        $"end after {at} bytes",
        exchange => exchange.AnswerThroughAsync(async (data, offset, output, ending) =>
        {
            // With a length in the head the server closes by itself; chunks it would end in good order.
            if (await ForwardUntilAsync(at, data, offset, output) && exchange.Context.Response.ContentLength is null)
            {
                await exchange.CloseAsync();
            }
        }));

    /// <summary>One bit of the body is wrong.</summary>
    public static Fault FlipByte(long at) => new(
        $"wrong byte {at}",
        exchange => exchange.AnswerThroughAsync(async (data, offset, output, ending) =>
        {
            if (at >= offset && at < offset + data.Length)
            {
                data.Span[(int)(at - offset)] ^= 1;
            }

            await output.WriteAsync(data, ending);
        }));

    /// <summary>The body and the length in the head are shorter or longer than they should be, and agree.</summary>
    /// <param name="difference">Bytes left out (negative) or added at the end (positive).</param>
    public static Fault WrongLength(int difference) => new(
        $"length {difference:+0;-0}",
        exchange =>
        {
            long length = 0;
            exchange.OnHead(response => length = (response.ContentLength += difference) ?? 0);
            return exchange.AnswerThroughAsync(
                async (data, offset, output, ending) => await ForwardUntilAsync(length, data, offset, output),
                async output => await output.WriteAsync(new byte[Math.Max(0, difference)]));
        });

    /// <summary>The body comes in chunks, without its length in the head.</summary>
    public static Fault NoLength() => new(
        "no length",
        exchange =>
        {
            exchange.OnHead(response => response.ContentLength = null);
            return exchange.AnswerAsync();
        });

    /// <summary>The body is compressed although nobody asked for it, as some proxies do.</summary>
    public static Fault Compress() => new(
        "gzip",
        async exchange =>
        {
            exchange.OnHead(response =>
            {
                response.ContentLength = null;
                response.Headers.ContentEncoding = "gzip";
            });
            await using MemoryStream compressed = new();
            GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true);
            await exchange.AnswerThroughAsync(
                async (data, offset, output, ending) =>
                {
                    await gzip.WriteAsync(data, ending);
                    await DrainAsync(compressed, output);
                },
                async output =>
                {
                    await gzip.DisposeAsync();
                    await DrainAsync(compressed, output);
                });
        });

    /// <summary>Forwards what stands before a position of the body; says whether the position is reached.</summary>
    private static async ValueTask<bool> ForwardUntilAsync(long end, ReadOnlyMemory<byte> data, long offset, PipeWriter output)
    {
        int length = (int)Math.Clamp(end - offset, 0, data.Length);
        if (length > 0)
        {
            output.Write(data.Span[..length]);
        }

        // Also without a byte: the head goes out before a body falls silent.
        await output.FlushAsync();
        return length < data.Length;
    }

    private static async ValueTask DrainAsync(MemoryStream from, PipeWriter output)
    {
        if (from.Length > 0)
        {
            await output.WriteAsync(from.GetBuffer().AsMemory(0, (int)from.Length));
            from.SetLength(0);
        }
    }
}
