using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Server;

/// <summary>Answers what is asked about repositories as a whole: information, lists, references, history.</summary>
internal sealed class InfoHandler(HubServerOptions options, MirrorAddresses addresses)
{
    private const int MaxFields = 64;
    private const int MaxListed = 1000;
    private const int DefaultCommits = 50;
    private const int MaxCommits = 1000;

    public static async Task InfoAsync(MirrorRequest request, HostedRepository repository)
    {
        IReadOnlySet<string>? asked = ReadFields(request.Query);
        HostedCommit? head = await repository.ResolveAsync(Revisions.Default, request.Aborted).ConfigureAwait(false);

        // Without a revision a repository that has no commit yet still has information; with one it must exist.
        HostedCommit? commit = request.Route.Revision.Length == 0
            ? head
            : await request.ResolveAsync(repository, request.Route.Revision).ConfigureAwait(false);
        bool blobs = QueryString.IsOn(request.Query, "blobs");
        await WriteAsync(request, writer => RepositoryJson.WriteRepository(
            writer, repository, commit, head ?? commit, asked ?? RepositoryJson.InfoFields, blobs)).ConfigureAwait(false);
    }

    public async Task ListAsync(MirrorRequest request)
    {
        string? search = QueryString.Get(request.Query, "search");
        string? author = QueryString.Get(request.Query, "author");
        string? after = PageCursor.Decode(QueryString.Get(request.Query, PageCursor.ParameterName));
        int limit = ReadNumber(request.Query, "limit", MaxListed, MaxListed);
        IReadOnlySet<string> fields = ReadFields(request.Query) ?? RepositoryJson.ListFields;
        IReadOnlyList<HostedRepository> all = await options.Source.ListAsync(request.Route.Type, request.Aborted).ConfigureAwait(false);
        List<HostedRepository> page = [.. all
            .Where(repository => !repository.Settings.IsDisabled
                && AccessPolicy.IsVisible(repository, request.Caller)
                && (search is null || repository.Id.FullName.Contains(search, StringComparison.OrdinalIgnoreCase))
                && (author is null || string.Equals(repository.Id.Namespace, author, StringComparison.OrdinalIgnoreCase))
                && (after is null || string.CompareOrdinal(repository.Id.FullName, after) > 0))
            .OrderBy(repository => repository.Id.FullName, StringComparer.Ordinal)
            .Take(limit + 1)];
        if (page.Count > limit)
        {
            page.RemoveAt(limit);
            PageCursor.SetNext(request, addresses, PageCursor.ParameterName, PageCursor.Encode(page[^1].Id.FullName));
        }

        List<(HostedRepository Repository, HostedCommit? Head)> lines = new(page.Count);
        foreach (HostedRepository repository in page)
        {
            lines.Add((repository, await repository.ResolveAsync(Revisions.Default, request.Aborted).ConfigureAwait(false)));
        }

        await WriteAsync(request, writer =>
        {
            writer.WriteStartArray();
            foreach ((HostedRepository repository, HostedCommit? head) in lines)
            {
                RepositoryJson.WriteRepository(writer, repository, head, head, fields, blobs: false);
            }

            writer.WriteEndArray();
        }).ConfigureAwait(false);
    }

    public static async Task ReferencesAsync(MirrorRequest request, HostedRepository repository)
    {
        IReadOnlyList<HostedReference> references = await repository.GetReferencesAsync(request.Aborted).ConfigureAwait(false);
        bool pullRequests = QueryString.IsOn(request.Query, "include_prs") || QueryString.IsOn(request.Query, "include_pull_requests");
        await WriteAsync(request, writer =>
        {
            writer.WriteStartObject();
            WriteReferences(writer, "tags"u8, references, "refs/tags/");
            WriteReferences(writer, "branches"u8, references, "refs/heads/");
            WriteReferences(writer, "converts"u8, references, "refs/convert/");
            if (pullRequests)
            {
                WriteReferences(writer, "pullRequests"u8, references, "refs/pr/");
            }

            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task CommitsAsync(MirrorRequest request, HostedRepository repository)
    {
        HostedCommit start = await request.ResolveAsync(repository, request.Route.Revision).ConfigureAwait(false);
        int limit = ReadNumber(request.Query, "limit", DefaultCommits, MaxCommits);
        int page = ReadNumber(request.Query, "p", 0, int.MaxValue / MaxCommits);
        List<HostedCommit> commits = [];
        int total = 0;
        for (HostedCommit? commit = start; commit is not null; commit = commit.Parent, total++)
        {
            if (total / limit == page)
            {
                commits.Add(commit);
            }
        }

        request.Response.Headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
        if ((page + 1L) * limit < total)
        {
            PageCursor.SetNext(request, addresses, "p", (page + 1).ToString(CultureInfo.InvariantCulture));
        }

        bool formatted = (ReadValues(request.Query, "expand") ?? []).Contains("formatted", StringComparer.Ordinal);
        await WriteAsync(request, writer =>
        {
            writer.WriteStartArray();
            foreach (HostedCommit commit in commits)
            {
                WriteCommit(writer, commit, formatted);
            }

            writer.WriteEndArray();
        }).ConfigureAwait(false);
    }

    public static Task WhoAmIAsync(MirrorRequest request)
    {
        HubCaller caller = request.Caller ?? throw new HubErrorException(HubError.NotLoggedIn);
        return WriteAsync(request, writer => WhoAmIJson.Write(writer, caller));
    }

    private static void WriteCommit(Utf8JsonWriter writer, HostedCommit commit, bool formatted)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, commit.Id);
        writer.WriteString("title"u8, commit.Title);
        writer.WriteString("message"u8, commit.Message);
        writer.WriteStartArray("authors"u8);
        writer.WriteStartObject();
        writer.WriteString("user"u8, commit.Author);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("date"u8, Replies.Date(commit.Date));
        if (formatted)
        {
            writer.WriteStartObject("formatted"u8);
            writer.WriteString("title"u8, System.Net.WebUtility.HtmlEncode(commit.Title));
            writer.WriteString("message"u8, System.Net.WebUtility.HtmlEncode(commit.Message));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteReferences(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<HostedReference> references, string prefix)
    {
        writer.WriteStartArray(name);
        foreach (HostedReference reference in references)
        {
            if (reference.FullName.StartsWith(prefix, StringComparison.Ordinal))
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, reference.FullName[prefix.Length..]);
                writer.WriteString("ref"u8, reference.FullName);
                writer.WriteString("targetCommit"u8, reference.CommitId);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>The values of <c>expand</c>, which may repeat and may be written as an array; <see langword="null"/> when there are none.</summary>
    private static HashSet<string>? ReadFields(string query)
    {
        HashSet<string>? fields = ReadValues(query, "expand");
        foreach (string field in fields ?? [])
        {
            if (!RepositoryJson.ExpandableFields.Contains(field))
            {
                throw new HubErrorException(HubError.BadRequest($"'{field}' cannot be expanded."));
            }
        }

        return fields;
    }

    private static HashSet<string>? ReadValues(string query, string name)
    {
        HashSet<string>? values = null;
        QueryString reader = new(query);
        while (reader.Read())
        {
            if (reader.Name.AsSpan().TrimEnd("[]").SequenceEqual(name) && (values ??= new HashSet<string>(StringComparer.Ordinal)).Count < MaxFields)
            {
                values.Add(reader.Value);
            }
        }

        return values;
    }

    public static int ReadNumber(string query, string name, int fallback, int max)
    {
        string? text = QueryString.Get(query, name);
        if (text is null)
        {
            return fallback;
        }

        int min = Math.Min(fallback, 1);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min
            ? Math.Min(value, max)
            : throw new HubErrorException(HubError.BadRequest($"'{name}' must be a whole number of at least {min}."));
    }

    private static async Task WriteAsync(MirrorRequest request, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> body = new(1024);
        using (Utf8JsonWriter writer = new(body, Replies.JsonOptions))
        {
            write(writer);
        }

        await Replies.JsonAsync(request.Context, body.WrittenMemory).ConfigureAwait(false);
    }
}
