using System.Collections.Immutable;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Pretrained;

/// <summary>How text is generated.</summary>
public sealed record TextGenerationOptions
{
    /// <summary>How tokens are chosen and how many; what is not set comes from the model's <c>generation_config.json</c>.</summary>
    public GenerationOptions Generation { get; init; } = new();

    /// <summary>Texts to stop at; nothing of them is shown.</summary>
    public ImmutableArray<string> StopStrings { get; init; } = [];

    /// <summary>Whether the tokenizer puts its start token before a plain prompt. Conversations have what their template writes.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>Whether special tokens are left out of the text.</summary>
    public bool SkipSpecialTokens { get; init; } = true;

    /// <summary>Special tokens that stay in the text although others are left out, such as the marks of tool calls.</summary>
    public ImmutableHashSet<int> ShownSpecialTokens { get; init; } = [];

    /// <summary>What the text must look like; null for no constraint.</summary>
    public OutputConstraint? Constraint { get; init; }

    /// <summary>Which template a conversation is written with, tools, and variables of the template. Unset: the model's, for an answer.</summary>
    public ChatTemplateOptions? Chat { get; init; }
}
