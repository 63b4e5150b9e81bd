namespace Snug.Hub;

/// <summary>What the Hub says about a repository at one revision.</summary>
public sealed record RepositoryInfo
{
    /// <summary>The repository under its present name, which differs from the one asked for after a rename.</summary>
    public required RepositoryId Repository { get; init; }

    /// <summary>The commit that the revision resolves to, 40 hexadecimal digits.</summary>
    public required string Commit { get; init; }

    /// <summary>Whether only its members may see it.</summary>
    public bool Private { get; init; }

    /// <summary>Whether readers must agree to terms.</summary>
    public GatedMode Gated { get; init; }

    /// <summary>Whether the Hub has disabled it.</summary>
    public bool Disabled { get; init; }

    /// <summary>The user or organization.</summary>
    public string? Author { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Downloads over the last 30 days, as the Hub counts them.</summary>
    public long? Downloads { get; init; }

    /// <summary>Likes.</summary>
    public long? Likes { get; init; }

    /// <summary>The task of a model: <c>text-generation</c>, <c>automatic-speech-recognition</c>, …</summary>
    public string? PipelineTag { get; init; }

    /// <summary>The library a model is made for.</summary>
    public string? LibraryName { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}
