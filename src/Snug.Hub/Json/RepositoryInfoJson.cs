using System.Text.Json;

namespace Snug.Hub;

/// <summary>Reads the answer to <c>GET /api/models/ID[/revision/REV]</c>, as far as it is used.</summary>
internal static class RepositoryInfoJson
{
    /// <returns>The info, or <see langword="null"/> when the answer names no commit.</returns>
    /// <exception cref="JsonException">The answer has another form.</exception>
    public static RepositoryInfo? Read(JsonElement answer, RepositoryId asked)
    {
        if (answer.Text("sha") is not { } commit || !Revisions.IsCommit(commit))
        {
            return null;
        }

        List<string> tags = [];
        foreach (JsonElement tag in answer.Elements("tags"))
        {
            if (tag.ValueKind == JsonValueKind.String)
            {
                tags.Add(tag.Decoded());
            }
        }

        return new RepositoryInfo
        {
            // A repository that was renamed answers with its present name.
            Repository = answer.Text("id") is { } id && RepositoryId.TryCreate(asked.Type, id, out RepositoryId? present, out _) ? present : asked,
            Commit = commit,
            Private = answer.Switch("private") ?? false,
            Gated = Gate(answer),
            Disabled = answer.Switch("disabled") ?? false,
            Author = answer.Text("author"),
            LastModified = answer.Time("lastModified"),
            CreatedAt = answer.Time("createdAt"),
            Downloads = answer.Number("downloads"),
            Likes = answer.Number("likes"),
            PipelineTag = answer.Text("pipeline_tag"),
            LibraryName = answer.Text("library_name"),
            Tags = tags,
        };
    }

    /// <summary><c>false</c>, <c>"auto"</c> or <c>"manual"</c>.</summary>
    private static GatedMode Gate(JsonElement answer)
    {
        if (!answer.TryMember("gated", out JsonElement gated))
        {
            return GatedMode.None;
        }

        return gated.ValueKind switch
        {
            JsonValueKind.String => gated.ValueEquals("manual") ? GatedMode.Manual : GatedMode.Auto,
            JsonValueKind.True => GatedMode.Auto,
            _ => GatedMode.None,
        };
    }
}
