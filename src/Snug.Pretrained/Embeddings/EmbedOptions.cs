namespace Snug.Pretrained;

/// <summary>How texts are embedded.</summary>
public sealed record EmbedOptions
{
    /// <summary>
    /// Name of one of the model's prompts (<see cref="SentenceEncoder.Prompts"/>), which is put before every text; null for the model's
    /// default, if it has one.
    /// </summary>
    public string? PromptName { get; init; }

    /// <summary>What is put before every text, instead of one of the model's prompts; empty for nothing.</summary>
    public string? Prompt { get; init; }

    /// <summary>
    /// Numbers to keep of each vector, the first ones, for models that were trained for it; null for all. What the model or
    /// <see cref="Normalize"/> makes one long is made one long again.
    /// </summary>
    public int? Dimensions { get; init; }

    /// <summary>Whether vectors are made one long even where the model does not do it.</summary>
    public bool Normalize { get; init; }
}
