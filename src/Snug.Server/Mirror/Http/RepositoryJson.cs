using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Server;

/// <summary>Writes what the API says about repositories and entries.</summary>
internal static class RepositoryJson
{
    /// <summary>Every field that can be asked for by name; those that the mirror has nothing to say on are left out of its answers.</summary>
    public static readonly IReadOnlySet<string> ExpandableFields = new HashSet<string>(StringComparer.Ordinal)
    {
        "author", "baseModels", "cardData", "childrenModelCount", "citation", "config", "createdAt", "datasets", "description", "disabled",
        "downloads", "downloadsAllTime", "evalResults", "gated", "gguf", "inference", "inferenceProviderMapping", "lastModified",
        "library_name", "likes", "mainSize", "mask_token", "model-index", "models", "paperswithcode_id", "pipeline_tag", "private",
        "resourceGroup", "runtime", "safetensors", "sdk", "securityRepoStatus", "sha", "siblings", "spaces", "subdomain", "tags",
        "transformersInfo", "trendingScore", "usedStorage", "widgetData", "xetEnabled",
    };

    /// <summary>The fields of a plain answer for one repository.</summary>
    public static readonly IReadOnlySet<string> InfoFields = new HashSet<string>(StringComparer.Ordinal)
    {
        "author", "cardData", "createdAt", "disabled", "downloads", "gated", "lastModified", "library_name", "likes", "modelId",
        "pipeline_tag", "private", "sha", "siblings", "spaces", "tags", "usedStorage",
    };

    /// <summary>The fields of a line in a list of repositories.</summary>
    public static readonly IReadOnlySet<string> ListFields = new HashSet<string>(StringComparer.Ordinal)
    {
        "author", "createdAt", "disabled", "downloads", "gated", "lastModified", "library_name", "likes", "modelId",
        "pipeline_tag", "private", "sha", "tags",
    };

    public static void WriteRepository(
        Utf8JsonWriter writer, HostedRepository repository, HostedCommit? commit, HostedCommit? head, IReadOnlySet<string> fields, bool blobs)
    {
        RepositorySettings settings = repository.Settings;
        writer.WriteStartObject();
        writer.WriteString("_id"u8, ObjectId(repository.Id.UrlPath));
        writer.WriteString("id"u8, repository.Id.FullName);
        if (repository.Id.Type == RepositoryType.Model && fields.Contains("modelId"))
        {
            writer.WriteString("modelId"u8, repository.Id.FullName);
        }

        WriteIf(fields, "author", repository.Id.Namespace);
        WriteIf(fields, "sha", commit?.Id);
        WriteIf(fields, "lastModified", head is null ? null : Replies.Date(head.Date));
        WriteIf(fields, "createdAt", CreatedAt(settings, head) is { } created ? Replies.Date(created) : null);
        WriteIf(fields, "pipeline_tag", settings.PipelineTag);
        WriteIf(fields, "library_name", settings.LibraryName);
        if (fields.Contains("private"))
        {
            writer.WriteBoolean("private"u8, settings.IsPrivate);
        }

        if (fields.Contains("disabled"))
        {
            writer.WriteBoolean("disabled"u8, settings.IsDisabled);
        }

        if (fields.Contains("gated"))
        {
            WriteGate(writer, settings.Gate);
        }

        WriteNumberIf(fields, "downloads", settings.Downloads);
        WriteNumberIf(fields, "likes", settings.Likes);
        if (fields.Contains("tags"))
        {
            WriteStrings(writer, "tags", settings.Tags);
        }

        if (fields.Contains("cardData") && settings.CardData is { } card)
        {
            writer.WritePropertyName("cardData"u8);
            card.WriteTo(writer);
        }

        if (fields.Contains("spaces") && repository.Id.Type == RepositoryType.Model)
        {
            WriteStrings(writer, "spaces", []);
        }

        if (fields.Contains("xetEnabled"))
        {
            writer.WriteBoolean("xetEnabled"u8, value: false);
        }

        if (commit is not null)
        {
            WriteNumberIf(fields, "usedStorage", commit.Tree.TotalSize);
            if (fields.Contains("siblings"))
            {
                WriteSiblings(writer, commit, blobs);
            }
        }

        writer.WriteEndObject();

        void WriteIf(IReadOnlySet<string> wanted, string name, string? value)
        {
            if (value is not null && wanted.Contains(name))
            {
                writer.WriteString(name, value);
            }
        }

        void WriteNumberIf(IReadOnlySet<string> wanted, string name, long value)
        {
            if (wanted.Contains(name))
            {
                writer.WriteNumber(name, value);
            }
        }
    }

    public static void WriteEntry(Utf8JsonWriter writer, HostedEntry entry, HostedCommit commit, bool expand)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, entry.File is null ? "directory"u8 : "file"u8);
        writer.WriteString("oid"u8, entry.ObjectId);
        writer.WriteNumber("size"u8, entry.File?.Content.Length ?? 0);
        if (entry.File is { Sha256: { } sha256 } file)
        {
            writer.WriteStartObject("lfs"u8);
            writer.WriteString("oid"u8, sha256);
            writer.WriteNumber("size"u8, file.Content.Length);
            writer.WriteNumber("pointerSize"u8, GitObjects.LfsPointer(sha256, file.Content.Length).Length);
            writer.WriteEndObject();
        }

        writer.WriteString("path"u8, entry.Path);
        if (expand)
        {
            HostedCommit last = entry.LastCommit ?? commit;
            writer.WriteStartObject("lastCommit"u8);
            writer.WriteString("id"u8, last.Id);
            writer.WriteString("title"u8, last.Title);
            writer.WriteString("date"u8, Replies.Date(last.Date));
            writer.WriteEndObject();
            if (entry.File is not null)
            {
                WriteUnscanned(writer);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>A stable id of 24 digits, as the Hub's database gives one to everything.</summary>
    public static string ObjectId(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 12));

    /// <summary>The mirror scans nothing and says so.</summary>
    private static void WriteUnscanned(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("securityFileStatus"u8);
        writer.WriteString("status"u8, "unscanned"u8);
        foreach (string scan in (ReadOnlySpan<string>)["avScan", "pickleImportScan"])
        {
            writer.WriteStartObject(scan);
            writer.WriteString("status"u8, "unscanned"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteSiblings(Utf8JsonWriter writer, HostedCommit commit, bool blobs)
    {
        writer.WriteStartArray("siblings"u8);
        foreach (HostedEntry entry in commit.Tree.Entries)
        {
            if (entry.File is not { } file)
            {
                continue;
            }

            writer.WriteStartObject();
            writer.WriteString("rfilename"u8, file.Path);
            if (blobs)
            {
                writer.WriteNumber("size"u8, file.Content.Length);
                writer.WriteString("blobId"u8, file.BlobId);
                if (file.Sha256 is { } sha256)
                {
                    writer.WriteStartObject("lfs"u8);
                    writer.WriteString("sha256"u8, sha256);
                    writer.WriteNumber("size"u8, file.Content.Length);
                    writer.WriteNumber("pointerSize"u8, GitObjects.LfsPointer(sha256, file.Content.Length).Length);
                    writer.WriteEndObject();
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteGate(Utf8JsonWriter writer, RepositoryGate gate)
    {
        switch (gate)
        {
            case RepositoryGate.Automatic:
                writer.WriteString("gated"u8, "auto"u8);
                break;
            case RepositoryGate.Manual:
                writer.WriteString("gated"u8, "manual"u8);
                break;
            default:
                writer.WriteBoolean("gated"u8, value: false);
                break;
        }
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static DateTimeOffset? CreatedAt(RepositorySettings settings, HostedCommit? head)
    {
        HostedCommit? first = head;
        while (first?.Parent is { } parent)
        {
            first = parent;
        }

        return settings.CreatedAt ?? first?.Date;
    }
}
