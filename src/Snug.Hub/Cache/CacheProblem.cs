namespace Snug.Hub;

/// <summary>Something in a cache that is damaged, foreign or unreadable.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">The absolute path concerned.</param>
/// <param name="Message">One sentence: what it is and what it means.</param>
/// <param name="Advice">One sentence: what to do.</param>
public sealed record CacheProblem(CacheProblemKind Kind, string Path, string Message, string Advice)
{
    /// <summary>The repository concerned, if one is.</summary>
    public RepositoryId? Repository { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Message} {Advice}";
}
