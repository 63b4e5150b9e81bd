using System.Net;

namespace Snug.Hub;

/// <summary>Fetches the blocks of a segment over one connection at a time, going on where a broken one stopped, mid-block included.</summary>
internal sealed class SegmentFetcher(TransferContext context)
{
    /// <exception cref="HubException">The stretch failed more often than is retried, or for good.</exception>
    public async Task FetchAsync(Segment segment, CancellationToken cancellationToken)
    {
        LargeFile file = segment.File;
        using BlockBuffer buffer = new(context.Pool);
        int wrongAnswers = 0;
        int failures = 0;
        long received = 0;
        while (SkipWritten(segment, buffer) && !(file.Sequential && segment.Next > 0))
        {
            if (await ReceiveAsync(segment, buffer, cancellationToken).ConfigureAwait(false) is not { } failure)
            {
                continue;
            }

            if (!RetryPolicy.IsTransient(failure.Kind) && ++wrongAnswers < TransferContext.MaxWrongAnswers)
            {
                // A proxy or sign-in page may have answered; another connection may go another way.
                file.Location = null;
                context.Progress.File(file.Item.Path, DownloadFileState.Retrying, file.DoneBytes, file.Item.Size, failure.Message);
                continue;
            }

            // Failures in a row are those without a single new byte, whichever connection of the file brings it.
            long before = received;
            received = Interlocked.Read(ref file.ReceivedBytes);
            failures = received == before ? failures + 1 : 1;
            if (!await context.WaitBeforeRetryAsync(file.Item, failure, failures, file.DoneBytes, cancellationToken).ConfigureAwait(false))
            {
                throw failure;
            }
        }
    }

    /// <summary>Receives over one connection until the segment ends, the connection breaks or is cut.</summary>
    /// <returns>What broke it, or <see langword="null"/>.</returns>
    private async Task<HubException?> ReceiveAsync(Segment segment, BlockBuffer buffer, CancellationToken cancellationToken)
    {
        LargeFile file = segment.File;
        TransferItem item = file.Item;
        Uri uri = file.Location ?? HubUrls.Resolve(context.Settings.Endpoint, item.Repository, item.Commit, item.Path);
        bool redirected = file.Location is not null;
        using Connection connection = new(context.Time, cancellationToken);
        segment.Connection = connection;
        try
        {
            long first = BlockMap.Offset(segment.Next) + buffer.Filled;
            long last = Math.Min(BlockMap.Offset(segment.End), item.Size) - 1;
            bool whole = first == 0 && last == item.Size - 1;
            HubRequest request = context.RequestFor(item, uri) with
            {
                Range = whole ? null : (first, last),
                OwnConnection = true,
                Redirected = file.Open,
            };
            using HubResponse response = await context.Http.SendAsync(request, connection.Token).ConfigureAwait(false);
            uri = response.Uri;
            if (Check(segment, response, first) is { } problem)
            {
                return problem;
            }

            if (response.Message.StatusCode != HttpStatusCode.PartialContent && first > 0)
            {
                // The whole body comes although a part was asked for: ranges are not to be had.
                file.SetSequential();
                return null;
            }

            if (response.Message.StatusCode != HttpStatusCode.PartialContent && !whole)
            {
                file.SetSequential();
                file.ExtendToEnd(segment);
            }

            file.Open(response.FromEndpoint ? null : response.Uri);
            connection.Begin();
            Stream body = await response.Message.Content.ReadAsStreamAsync(connection.Token).ConfigureAwait(false);
            await ReadBlocksAsync(segment, buffer, body, connection).ConfigureAwait(false);
            file.Learn(connection);
            return null;
        }
        catch (HubException e) when (e.Kind == HubErrorKind.ServerError && redirected)
        {
            // The signed address may have expired; the Hub gives a new one.
            file.Location = null;
            return e;
        }
        catch (HubException e) when (RetryPolicy.IsTransient(e.Kind))
        {
            return e;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return context.ToHubException(e, item, connection, uri);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Cut by the watchdog, or because another connection brings the rest.
            return connection.TimedOut is null ? null : context.ToHubException(e, item, connection, uri);
        }
        finally
        {
            segment.Connection = null;
        }
    }

    private async Task ReadBlocksAsync(Segment segment, BlockBuffer buffer, Stream body, Connection connection)
    {
        LargeFile file = segment.File;
        while (segment.Remaining > 0)
        {
            int block = segment.Next;
            if (file.IsWritten(block) && !file.Sequential && buffer.Filled == 0)
            {
                // A racing connection brought it; what is left needs another request.
                return;
            }

            int length = file.BlockLength(block);
            while (buffer.Filled < length)
            {
                Memory<byte> target = await buffer.RestAsync(length, connection.Token).ConfigureAwait(false);
                int read = await body.ReadAsync(target, connection.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new HttpIOException(HttpRequestError.ResponseEnded, "The body ended early.");
                }

                buffer.Filled += read;
                Interlocked.Add(ref file.ReceivedBytes, read);
                connection.Received(read);
                context.Progress.AddReceived(read);
                context.Usage.Received(read);
                await context.Limiter.AccountAsync(read, connection.Token).ConfigureAwait(false);
            }

            if (!file.IsWritten(block) && file.Accept(block, buffer.Content))
            {
                buffer.Forget();
            }

            buffer.Filled = 0;
            segment.Next = block + 1;
        }
    }

    /// <summary>Compares what the answer announces with what the listing promised.</summary>
    private static HubException? Check(Segment segment, HubResponse response, long first)
    {
        TransferItem item = segment.File.Item;
        System.Net.Http.Headers.HttpContentHeaders headers = response.Message.Content.Headers;
        if (TransferContext.FindEncoding(item, response) is { } encoded)
        {
            return encoded;
        }

        if (response.Message.StatusCode == HttpStatusCode.PartialContent)
        {
            if (headers.ContentRange is not { } range || range.From != first)
            {
                return HubErrors.Protocol(item.Context, "a part that is not the one asked for", (int)response.Message.StatusCode);
            }

            return range.Length is { } total && total != item.Size ? TransferContext.WrongLength(item, total) : null;
        }

        return headers.ContentLength is { } length && length != item.Size ? TransferContext.WrongLength(item, length) : null;
    }

    /// <summary>Moves past blocks that stand already; false when the segment has ended.</summary>
    private static bool SkipWritten(Segment segment, BlockBuffer buffer)
    {
        while (!segment.File.Sequential && segment.Remaining > 0 && segment.File.IsWritten(segment.Next))
        {
            buffer.Filled = 0;
            segment.Next++;
        }

        if (segment.File.Sequential && segment.Next == 0)
        {
            // A body without ranges begins at the beginning.
            buffer.Filled = 0;
        }

        return segment.Remaining > 0;
    }
}
