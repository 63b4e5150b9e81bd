using System.Text.Json;
using System.Text.Json.Serialization;

namespace Snug.Server;

/// <summary>The content of a <c>repository.json</c>; see docs/mirror.md.</summary>
internal sealed record FolderSettings
{
    /// <summary>The size from which a file is in large file storage whatever its name: the Hub's own limit for plain files.</summary>
    public const long DefaultLfsThreshold = 10 * 1024 * 1024;

    [JsonPropertyName("$comment")]
    public string? Comment { get; set; }

    public JsonElement? Gated { get; set; }

    public bool Private { get; set; }

    public bool Disabled { get; set; }

    public long LfsThreshold { get; set; } = DefaultLfsThreshold;

    public IReadOnlyList<string>? Lfs { get; set; }

    public IReadOnlyList<string> RenamedFrom { get; set; } = [];

    public FolderAccess Access { get; set; } = new();

    public IReadOnlyList<string> Members { get; set; } = [];

    public IReadOnlyList<string> Tags { get; set; } = [];

    public string? PipelineTag { get; set; }

    public string? LibraryName { get; set; }

    public JsonElement? Card { get; set; }

    public long Downloads { get; set; }

    public long Likes { get; set; }

    public DateTimeOffset? CreatedAt { get; set; }

    public IReadOnlyList<FolderRevision> Revisions { get; set; } = [];

    public RepositorySettings ToSettings() => new()
    {
        Gate = ReadGate(),
        IsPrivate = Private,
        IsDisabled = Disabled,
        Granted = new HashSet<string>(Access.Granted, StringComparer.Ordinal),
        Pending = new HashSet<string>(Access.Pending, StringComparer.Ordinal),
        Rejected = new HashSet<string>(Access.Rejected, StringComparer.Ordinal),
        Members = new HashSet<string>(Members, StringComparer.Ordinal),
        RenamedFrom = RenamedFrom,
        Tags = Tags,
        PipelineTag = PipelineTag,
        LibraryName = LibraryName,
        CardData = Card,
        Downloads = Downloads,
        Likes = Likes,
        CreatedAt = CreatedAt,
    };

    private RepositoryGate ReadGate() => Gated switch
    {
        null or { ValueKind: JsonValueKind.False or JsonValueKind.Null } => RepositoryGate.None,
        { ValueKind: JsonValueKind.String } text when text.ValueEquals("auto") => RepositoryGate.Automatic,
        { ValueKind: JsonValueKind.String } text when text.ValueEquals("manual") => RepositoryGate.Manual,
        _ => throw new InvalidDataException("\"gated\" must be false, \"auto\" or \"manual\"."),
    };
}
