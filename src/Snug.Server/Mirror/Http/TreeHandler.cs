using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Snug.Server;

/// <summary>Answers what is asked about the files of a commit.</summary>
internal sealed class TreeHandler(MirrorAddresses addresses)
{
    /// <summary>Entries on a page, as on the Hub.</summary>
    private const int PageSize = 1000;

    /// <summary>Paths in one request for their information, as on the Hub.</summary>
    private const int MaxPaths = 2000;

    /// <summary>Room for that many paths of ordinary length.</summary>
    private const int MaxBodyLength = 1024 * 1024;

    private const int FlushSize = 64 * 1024;

    public async Task TreeAsync(MirrorRequest request, HostedRepository repository)
    {
        HostedCommit commit = await request.ResolveAsync(repository, request.Route.Revision).ConfigureAwait(false);
        string folder = request.Route.Path;
        if (folder.Length > 0 && commit.Tree.Find(folder) is not { File: null })
        {
            throw new HubErrorException(HubError.EntryNotFound) { CommitId = commit.Id };
        }

        bool recursive = QueryString.IsOn(request.Query, "recursive");
        bool expand = QueryString.IsOn(request.Query, "expand");
        string? after = PageCursor.Decode(QueryString.Get(request.Query, PageCursor.ParameterName));
        int limit = ReadsOnePageOnly(request) ? int.MaxValue : InfoHandler.ReadNumber(request.Query, "limit", PageSize, PageSize);
        List<HostedEntry> page = [];
        string? next = null;
        foreach (HostedEntry entry in commit.Tree.Entries)
        {
            if ((after is not null && string.CompareOrdinal(entry.Path, after) <= 0)
                || !(recursive ? entry.IsUnder(folder) : entry.IsChildOf(folder)))
            {
                continue;
            }

            if (page.Count == limit)
            {
                next = PageCursor.Encode(page[^1].Path);
                break;
            }

            page.Add(entry);
        }

        if (next is not null)
        {
            PageCursor.SetNext(request, addresses, PageCursor.ParameterName, next);
        }

        await WriteEntriesAsync(request, page, commit, expand).ConfigureAwait(false);
    }

    public static async Task PathsInfoAsync(MirrorRequest request, HostedRepository repository)
    {
        HostedCommit commit = await request.ResolveAsync(repository, request.Route.Revision).ConfigureAwait(false);
        (List<string> paths, bool expand) = await ReadPathsAsync(request).ConfigureAwait(false);
        List<HostedEntry> found = [];
        foreach (string path in paths)
        {
            // Paths that are not there are left out, which is how clients learn it.
            if (commit.Tree.Find(path.TrimEnd('/')) is { } entry)
            {
                found.Add(entry);
            }
        }

        await WriteEntriesAsync(request, found, commit, expand).ConfigureAwait(false);
    }

    /// <summary>llama.cpp takes the first page for the whole listing.</summary>
    private static bool ReadsOnePageOnly(MirrorRequest request) =>
        request.Context.Request.Headers.UserAgent is [{ } agent, ..] && agent.StartsWith("llama-cpp", StringComparison.OrdinalIgnoreCase);

    private static async Task WriteEntriesAsync(MirrorRequest request, List<HostedEntry> entries, HostedCommit commit, bool expand)
    {
        HttpResponse response = request.Response;
        response.ContentType = Replies.JsonType;
        if (request.IsHead)
        {
            return;
        }

        // Written as it is made: a page of a thousand entries, or a whole large tree, is never in memory as text.
        await response.StartAsync(request.Aborted).ConfigureAwait(false);
        PipeWriter output = response.BodyWriter;
        using Utf8JsonWriter writer = new(output, Replies.JsonOptions);
        writer.WriteStartArray();
        foreach (HostedEntry entry in entries)
        {
            RepositoryJson.WriteEntry(writer, entry, commit, expand);
            if (writer.BytesPending >= FlushSize)
            {
                writer.Flush();
                await output.FlushAsync(request.Aborted).ConfigureAwait(false);
            }
        }

        writer.WriteEndArray();
        writer.Flush();
        await output.FlushAsync(request.Aborted).ConfigureAwait(false);
    }

    private static async Task<(List<string> Paths, bool Expand)> ReadPathsAsync(MirrorRequest request)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxBodyLength + 1);
        try
        {
            int length = 0;
            int read;
            while ((read = await request.Context.Request.Body.ReadAsync(buffer.AsMemory(length, MaxBodyLength + 1 - length), request.Aborted)
                .ConfigureAwait(false)) > 0)
            {
                length += read;
                if (length > MaxBodyLength)
                {
                    throw new HubErrorException(new HubError(
                        StatusCodes.Status413PayloadTooLarge, null, $"The request is larger than {MaxBodyLength} bytes."));
                }
            }

            // Python sends a form, JavaScript sends JSON; some callers of either do not say which.
            ReadOnlySpan<byte> body = buffer.AsSpan(0, length).Trim(" \t\r\n"u8);
            (List<string> paths, bool expand) = body.StartsWith("{"u8) ? ReadJson(body) : ReadForm(Encoding.UTF8.GetString(body));
            return paths.Count <= MaxPaths
                ? (paths, expand)
                : throw new HubErrorException(HubError.BadRequest($"At most {MaxPaths} paths can be asked for at once."));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (List<string> Paths, bool Expand) ReadForm(string form)
    {
        List<string> paths = [];
        bool expand = false;
        QueryString fields = new(form);
        while (fields.Read())
        {
            if (fields.Name is "paths" or "paths[]")
            {
                paths.Add(fields.Value);
            }
            else if (fields.Name == "expand")
            {
                expand = QueryString.IsTrue(fields.Value);
            }
        }

        return (paths, expand);
    }

    private static (List<string> Paths, bool Expand) ReadJson(ReadOnlySpan<byte> json)
    {
        List<string> paths = [];
        bool expand = false;
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 8 });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isPaths = reader.ValueTextEquals("paths"u8);
                bool isExpand = reader.ValueTextEquals("expand"u8);
                reader.Read();
                if (isPaths && reader.TokenType == JsonTokenType.String)
                {
                    paths.Add(reader.GetString()!);
                }
                else if (isPaths && reader.TokenType == JsonTokenType.StartArray)
                {
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        paths.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw NotAListOfPaths());
                    }
                }
                else if (isPaths)
                {
                    throw NotAListOfPaths();
                }
                else
                {
                    expand |= isExpand && reader.TokenType == JsonTokenType.True;
                    reader.Skip();
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new HubErrorException(HubError.BadRequest("The request is not valid JSON."));
        }

        return (paths, expand);

        static HubErrorException NotAListOfPaths() => new(HubError.BadRequest("'paths' must be a list of texts."));
    }
}
