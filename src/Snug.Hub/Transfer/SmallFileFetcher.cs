using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Snug.Hub;

/// <summary>Fetches a file that fits into one block: received and verified in memory, written once, renamed.</summary>
internal sealed class SmallFileFetcher(TransferContext context)
{
    /// <param name="item">The content, at most one block long.</param>
    /// <param name="use">Makes the running connection known to the watchdog.</param>
    /// <param name="cancellationToken">Cancels the transfer.</param>
    public async Task FetchAsync(TransferItem item, Action<Connection, bool> use, CancellationToken cancellationToken)
    {
        byte[] buffer = await context.Pool.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int failures = 0;
            int corrupt = 0;
            while (item.Size > 0)
            {
                if (await ReceiveAsync(item, buffer, use, cancellationToken).ConfigureAwait(false) is not { } failure)
                {
                    break;
                }

                failures++;
                if (failure.Kind == HubErrorKind.Corrupted && ++corrupt < TransferContext.MaxWrongAnswers)
                {
                    // Another connection may go another way and bring the right bytes.
                    context.Progress.File(item.Path, DownloadFileState.Retrying, 0, item.Size, failure.Message);
                    continue;
                }

                if (!await context.WaitBeforeRetryAsync(item, failure, failures, 0, cancellationToken).ConfigureAwait(false))
                {
                    throw failure;
                }
            }

            Store(item, buffer.AsSpan(0, (int)item.Size));
        }
        finally
        {
            context.Pool.Return(buffer);
        }
    }

    /// <returns>What went wrong, or <see langword="null"/> when the buffer holds the verified content.</returns>
    private async Task<HubException?> ReceiveAsync(
        TransferItem item, byte[] buffer, Action<Connection, bool> use, CancellationToken cancellationToken)
    {
        using Connection connection = new(context.Time, cancellationToken);
        Uri uri = HubUrls.Resolve(context.Settings.Endpoint, item.Repository, item.Commit, item.Path);
        try
        {
            using HubResponse response = await context.Http.SendAsync(context.RequestFor(item, uri), connection.Token).ConfigureAwait(false);
            uri = response.Uri;
            if (TransferContext.FindEncoding(item, response) is { } encoded)
            {
                return encoded;
            }

            long? announced = response.Message.Content.Headers.ContentLength;
            if (announced is not null && announced != item.Size)
            {
                return TransferContext.WrongLength(item, announced);
            }

            connection.Begin();
            use(connection, true);
            Stream body = await response.Message.Content.ReadAsStreamAsync(connection.Token).ConfigureAwait(false);
            int length = 0;
            while (length < item.Size)
            {
                int read = await body.ReadAsync(buffer.AsMemory(length, (int)item.Size - length), connection.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    return announced is null ? TransferContext.WrongLength(item, length) : HubErrors.Network(item.Context, uri, new IOException("The body ended early."));
                }

                length += read;
                connection.Received(read);
                context.Progress.AddReceived(read);
                context.Usage.Received(read);
                await context.Limiter.AccountAsync(read, connection.Token).ConfigureAwait(false);
            }

            string? actual = HashOf(item, buffer.AsSpan(0, length));
            return actual is null || actual == item.Etag ? null : TransferContext.WrongHash(item, actual);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or HubException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return context.ToHubException(e, item, connection, uri);
        }
        finally
        {
            use(connection, false);
        }
    }

    private static string? HashOf(TransferItem item, ReadOnlySpan<byte> content)
    {
        using IncrementalHash? hash = Hashes.StartFor(item.Etag, item.Size);
        hash?.AppendData(content);
        return hash is null ? null : Hashes.Finish(hash);
    }

    private static void Store(TransferItem item, ReadOnlySpan<byte> content)
    {
        string temporary = Path.Join(item.PartialFolder, $"{item.PartialStem}.{AtomicFile.RandomSuffix()}{CacheLayout.PartialSuffix}");
        try
        {
            using (SafeFileHandle handle = Create(temporary))
            {
                RandomAccess.Write(handle, content, 0);
            }

            AtomicFile.Publish(temporary, item.FinalPath);
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            AtomicFile.TryDelete(temporary);
            throw StorageErrors.From(e, item.FinalPath, item.Repository, item.Path);
        }
    }

    private static SafeFileHandle Create(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // The first file of a folder makes it; to ask before each file would cost as much as writing one. When another file
            // makes it at this moment, the failure says that it is the file that was not found.
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
    }
}
