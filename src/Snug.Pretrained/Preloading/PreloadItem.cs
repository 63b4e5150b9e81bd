namespace Snug.Pretrained;

/// <summary>One thing to load ahead.</summary>
/// <param name="Model">The repository, as <see cref="PretrainedModel.FromHubAsync"/> takes it.</param>
/// <param name="Kind">What of it.</param>
public sealed record PreloadItem(string Model, PreloadKind Kind)
{
    /// <summary>Branch, tag, commit or <c>refs/pr/N</c>. Unset: what the name says, else what <see cref="PreloadOptions.Pretrained"/> says.</summary>
    public string? Revision { get; init; }

    /// <summary>The tokenizer of a repository.</summary>
    public static PreloadItem Tokenizer(string model) => new(model, PreloadKind.Tokenizer);

    /// <summary>The model of a repository.</summary>
    public static PreloadItem ModelOf(string model) => new(model, PreloadKind.Model);
}
