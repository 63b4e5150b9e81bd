using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug info</c>: what the Hub says about a repository, or about one file of it.</summary>
internal sealed class InfoCommand : SnugCommand
{
    private readonly Argument<string> _repository = CommonOptions.Repository();

    private readonly Argument<string?> _file = new("FILE")
    {
        Description = "A file of the repository: asks for its size, hash and location without its content.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public InfoCommand(CliConsole console, CommonOptions common)
        : base("info", "Show what the Hub says about a repository, or about one file of it.", console, common)
    {
        Add(_repository);
        Add(_file);
        AddAll(common.Revision, common.Type, common.Token, common.Offline, common.Json);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug info openai/whisper-tiny",
        "snug info openai/whisper-tiny model.safetensors",
        "snug info https://huggingface.co/datasets/rajpurkar/squad --json",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using HubClient hub = invocation.CreateHub();
        HubSettings settings = hub.ResolveSettings();
        RepositoryReference asked = invocation.Repository(invocation.Get(_repository)!, settings);
        if ((invocation.Get(_file) ?? asked.Path) is { } file)
        {
            FileMetadata metadata =
                await hub.GetFileMetadataAsync(asked.Repository, file, asked.Revision, cancellationToken);
            ShowFile(invocation, asked with { Path = file }, settings.Endpoint, metadata);
            return ExitCodes.Done;
        }

        RepositoryInfo info = await hub.GetRepositoryInfoAsync(asked.Repository, asked.Revision, cancellationToken);
        RepositoryRefs refs = await hub.GetRefsAsync(info.Repository, cancellationToken);
        (int count, long bytes) = (0, 0L);
        await foreach (RepositoryFile entry in
            hub.ListFilesAsync(info.Repository, info.Commit, cancellationToken: cancellationToken))
        {
            count++;
            bytes += entry.Size;
        }

        string page = $"{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{info.Repository.UrlPath}";
        if (invocation.IsJson)
        {
            WriteJson(invocation, info, refs, page, count, bytes);
            return ExitCodes.Done;
        }

        Sections sections = new(invocation.Console);
        sections.Add("", [.. Rows(info, refs, page, count, bytes, invocation.Console).Where(r => r.Value is { Length: > 0 }).Select(r => new SectionRow(r.Name, r.Value!))]);
        sections.Write();
        return ExitCodes.Done;
    }

    private static IEnumerable<(string Name, string? Value)> Rows(
        RepositoryInfo info, RepositoryRefs refs, string page, int count, long bytes, CliConsole console)
    {
        yield return ("repository", info.Repository.ToString());
        yield return ("page", page);
        yield return ("access", Access(info));
        yield return ("commit", info.Commit);
        yield return ("content", $"{Text.Count(count, "file")}, {Text.Size(bytes)}");
        yield return ("task", info.PipelineTag);
        yield return ("library", info.LibraryName);
        yield return ("author", info.Author);
        yield return ("changed", Time(info.LastModified, console));
        yield return ("created", Time(info.CreatedAt, console));
        yield return ("downloads", info.Downloads?.ToString("#,0"));
        yield return ("likes", info.Likes?.ToString("#,0"));
        yield return ("branches", string.Join(", ", refs.Branches.Select(b => b.Name)));
        yield return ("tags", string.Join(", ", refs.Tags.Select(t => t.Name)));
        yield return ("labels", string.Join(", ", info.Tags));
    }

    private static string Access(RepositoryInfo info) =>
        info.Disabled ? "disabled by the Hub"
        : info.Private ? "private"
        : info.Gated switch
        {
            GatedMode.Auto => "gated: accept the terms on its page, and access is granted at once",
            GatedMode.Manual => "gated: ask for access on its page, the owner decides",
            _ => "public: no authentication required",
        };

    private static string? Time(DateTimeOffset? time, CliConsole console) => time is { } value
        ? $"{value.ToUniversalTime():yyyy-MM-dd HH:mm} UTC ({Text.Ago(value, console.Time.GetUtcNow())})"
        : null;

    private static void ShowFile(Invocation invocation, RepositoryReference asked, Uri endpoint, FileMetadata metadata)
    {
        string address = asked.ToAddress(endpoint).AbsoluteUri;
        // A storage address is a key to the content while it lives; what is after the question mark is left out.
        string location = metadata.Location.GetLeftPart(UriPartial.Path);
        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteString("repository", asked.Repository.ToString());
                json.WriteString("file", asked.Path);
                json.WriteString("address", address);
                json.WriteString("commit", metadata.Commit);
                json.WriteNumber("size", metadata.Size);
                json.WriteString("etag", metadata.Etag);
                json.WriteString("xetHash", metadata.XetHash);
                json.WriteString("location", location);
            });
            return;
        }

        Sections sections = new(invocation.Console);
        sections.Add(
            "",
            [
                new SectionRow("repository", asked.Repository.ToString()),
                new SectionRow("file", asked.Path!),
                new SectionRow("address", address),
                new SectionRow("commit", metadata.Commit),
                new SectionRow("size", $"{Text.Size(metadata.Size)} ({metadata.Size:#,0} bytes)"),
                new SectionRow("hash", metadata.Etag),
                new SectionRow("location", location),
            ]);
        sections.Write();
    }

    private static void WriteJson(Invocation invocation, RepositoryInfo info, RepositoryRefs refs, string page, int count, long bytes) =>
        invocation.WriteJson(json =>
        {
            json.WriteString("repository", info.Repository.ToString());
            json.WriteString("type", info.Repository.Type.ToString().ToLowerInvariant());
            json.WriteString("page", page);
            json.WriteString("commit", info.Commit);
            json.WriteBoolean("private", info.Private);
            json.WriteString("gated", info.Gated.ToString().ToLowerInvariant());
            json.WriteBoolean("disabled", info.Disabled);
            json.WriteNumber("files", count);
            json.WriteNumber("totalBytes", bytes);
            json.WriteString("task", info.PipelineTag);
            json.WriteString("library", info.LibraryName);
            json.WriteString("author", info.Author);
            json.WriteTime("lastModified", info.LastModified);
            json.WriteTime("createdAt", info.CreatedAt);
            WriteNumber(json, "downloads", info.Downloads);
            WriteNumber(json, "likes", info.Likes);
            WriteRefs(json, "branches", refs.Branches);
            WriteRefs(json, "tags", refs.Tags);
            json.WriteStrings("labels", info.Tags);
        });

    private static void WriteNumber(System.Text.Json.Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteRefs(System.Text.Json.Utf8JsonWriter json, string name, IReadOnlyList<RepositoryRef> refs)
    {
        json.WriteStartObject(name);
        foreach (RepositoryRef reference in refs)
        {
            json.WriteString(reference.Name, reference.Commit);
        }

        json.WriteEndObject();
    }
}
