using System.Text.Json.Serialization;

namespace Snug.Hub;

/// <summary>A file in the <c>siblings</c> of a repository's info; the size is there only when it was asked for.</summary>
internal sealed record SiblingDto
{
    [JsonPropertyName("rfilename")]
    public string? Path { get; init; }

    public long? Size { get; init; }

    public TreeEntryDto.LfsDto? Lfs { get; init; }

    [JsonIgnore]
    public long? ContentSize => Lfs?.Size ?? Size;
}
