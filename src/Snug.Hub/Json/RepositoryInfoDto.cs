using System.Text.Json;
using System.Text.Json.Serialization;

namespace Snug.Hub;

/// <summary>The body of <c>GET /api/models/ID[/revision/REV]</c>, as far as it is used.</summary>
internal sealed record RepositoryInfoDto
{
    public string? Id { get; init; }

    public string? Sha { get; init; }

    public bool? Private { get; init; }

    /// <summary><c>false</c>, <c>"auto"</c> or <c>"manual"</c>.</summary>
    public JsonElement Gated { get; init; }

    public bool? Disabled { get; init; }

    public string? Author { get; init; }

    public DateTimeOffset? LastModified { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public long? Downloads { get; init; }

    public long? Likes { get; init; }

    [JsonPropertyName("pipeline_tag")]
    public string? PipelineTag { get; init; }

    [JsonPropertyName("library_name")]
    public string? LibraryName { get; init; }

    public List<string>? Tags { get; init; }

    public List<SiblingDto>? Siblings { get; init; }

    public RepositoryInfo ToInfo(RepositoryId asked, string commit) => new()
    {
        Repository = Id is not null && RepositoryId.TryCreate(asked.Type, Id, out RepositoryId? present, out _) ? present : asked,
        Commit = commit,
        Private = Private ?? false,
        Gated = Gated.ValueKind switch
        {
            JsonValueKind.String => Gated.GetString() == "manual" ? GatedMode.Manual : GatedMode.Auto,
            JsonValueKind.True => GatedMode.Auto,
            _ => GatedMode.None,
        },
        Disabled = Disabled ?? false,
        Author = Author,
        LastModified = LastModified,
        CreatedAt = CreatedAt,
        Downloads = Downloads,
        Likes = Likes,
        PipelineTag = PipelineTag,
        LibraryName = LibraryName,
        Tags = Tags ?? [],
    };
}
