using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Snug.Server;

/// <summary>Serves the bytes of a file: whole, in part, or not at all when the client has them.</summary>
internal static class ContentReply
{
    /// <summary>What is read and sent at a time: large enough for disk and loopback speed, small enough for thousands of connections.</summary>
    private const int ChunkSize = 128 * 1024;

    // Characters that stand for themselves in both forms of a file name in a header.
    private static readonly SearchValues<char> PlainNameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static async Task SendAsync(HttpContext context, RepositoryContent content, string path, string etag)
    {
        HttpResponse response = context.Response;
        IHeaderDictionary headers = response.Headers;
        headers.ETag = etag;
        headers.AcceptRanges = "bytes";
        if (Matches(context.Request.Headers.IfNoneMatch, etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        long size = content.Length;
        ByteRange range = new(0, size);
        headers.ContentDisposition = Disposition(path);
        headers.ContentType = ContentTypes.Of(path);

        // Files are whatever their authors wrote: browsers must neither guess a type nor run anything.
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        StringValues rangeHeader = context.Request.Headers.Range;
        if (rangeHeader.Count == 1 && HttpMethods.IsGet(context.Request.Method) && AllowsRange(context.Request.Headers.IfRange, etag))
        {
            switch (ByteRange.Parse(rangeHeader[0], size, out ByteRange asked))
            {
                case RangeResult.Partial:
                    range = asked;
                    response.StatusCode = StatusCodes.Status206PartialContent;
                    headers.ContentRange = string.Create(
                        CultureInfo.InvariantCulture, $"bytes {asked.Offset}-{asked.Offset + asked.Length - 1}/{size}");
                    break;
                case RangeResult.Unsatisfiable when size == 0:
                    // No range of an empty file can be satisfied, but clients ask for its first byte to learn the size:
                    // all of it, and the size where they look for it, serves them better than a refusal.
                    headers.ContentRange = "bytes */0";
                    break;
                case RangeResult.Unsatisfiable:
                    response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                    headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{size}");
                    response.ContentLength = 0;
                    return;
            }
        }

        response.ContentLength = range.Length;
        if (HttpMethods.IsHead(context.Request.Method) || range.Length == 0)
        {
            return;
        }

        // Opened before the head is sent, so that a file that is gone becomes an error and not a broken body.
        using ContentReader reader = content.Open();
        await response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await CopyAsync(reader, response.BodyWriter, range, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task CopyAsync(ContentReader reader, PipeWriter writer, ByteRange range, CancellationToken cancellationToken)
    {
        (long offset, long left) = range;
        while (left > 0)
        {
            int wanted = (int)Math.Min(left, ChunkSize);
            Memory<byte> buffer = writer.GetMemory(wanted);
            int read = await reader.ReadAsync(offset, buffer[..wanted], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                // The connection is cut: a body that is short must not look like a whole one.
                throw new EndOfStreamException("The file became shorter while it was being sent.");
            }

            writer.Advance(read);
            offset += read;
            left -= read;
            FlushResult flushed = await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                return;
            }
        }
    }

    public static bool Matches(StringValues ifNoneMatch, string etag)
    {
        foreach (string? value in ifNoneMatch)
        {
            foreach (Range part in value.AsSpan().Split(','))
            {
                ReadOnlySpan<char> candidate = value.AsSpan(part).Trim(' ');
                if (candidate is "*" || (candidate.StartsWith("W/") ? candidate[2..] : candidate).SequenceEqual(etag))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A date in If-Range cannot be compared, since nothing here has one: then all is sent.</summary>
    private static bool AllowsRange(StringValues ifRange, string etag) => ifRange.Count == 0 || (ifRange.Count == 1 && ifRange[0] == etag);

    private static string Disposition(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        if (!name.AsSpan().ContainsAnyExcept(PlainNameCharacters))
        {
            return $"inline; filename*=UTF-8''{name}; filename=\"{name}\";";
        }

        string ascii = string.Concat(name.Select(c => c is >= ' ' and <= '~' and not ('"' or '\\') ? c : '?'));
        return $"inline; filename*=UTF-8''{Uri.EscapeDataString(name)}; filename=\"{ascii}\";";
    }
}
