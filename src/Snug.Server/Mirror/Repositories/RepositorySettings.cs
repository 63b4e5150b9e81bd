using System.Text.Json;

namespace Snug.Server;

/// <summary>Everything about a hosted repository that is not in its files.</summary>
public sealed record RepositorySettings
{
    /// <summary>A public repository without a gate.</summary>
    public static readonly RepositorySettings Default = new();

    /// <summary>Who must ask before downloading.</summary>
    public RepositoryGate Gate { get; init; }

    /// <summary>Whether only members know that the repository exists.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Whether the repository was taken out of service.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>User names that passed the gate.</summary>
    public IReadOnlySet<string> Granted { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>User names whose request waits for the authors.</summary>
    public IReadOnlySet<string> Pending { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>User names whose request was turned down.</summary>
    public IReadOnlySet<string> Rejected { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>User names that may see and read the repository whatever its settings, besides its namespace's own people.</summary>
    public IReadOnlySet<string> Members { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Earlier ids of the repository (<c>namespace/name</c>); requests for them are redirected.</summary>
    public IReadOnlyList<string> RenamedFrom { get; init; } = [];

    /// <summary>Tags shown in the repository's information.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The task, such as <c>text-generation</c>.</summary>
    public string? PipelineTag { get; init; }

    /// <summary>The library that the files are made for, such as <c>transformers</c>.</summary>
    public string? LibraryName { get; init; }

    /// <summary>The metadata of the card (licence, languages and so on) as a JSON object.</summary>
    public JsonElement? CardData { get; init; }

    /// <summary>Shown number of downloads.</summary>
    public long Downloads { get; init; }

    /// <summary>Shown number of likes.</summary>
    public long Likes { get; init; }

    /// <summary>When the repository was created; the date of its first commit when missing.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}
