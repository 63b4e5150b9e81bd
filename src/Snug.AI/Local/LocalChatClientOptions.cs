using Snug.Inference;
using Snug.Pretrained;

namespace Snug.AI;

/// <summary>How a <see cref="LocalChatClient"/> finds, loads and uses its model.</summary>
public sealed record LocalChatClientOptions
{
    /// <summary>Conversations that are remembered when nothing else is said.</summary>
    public const int DefaultMaxSessions = 4;

    /// <summary>Revision, token, cache, offline; threads and format of the weights. For models that the client opens itself.</summary>
    public PretrainedModelOptions Model { get; init; } = new();

    /// <summary>The name that metadata and answers give; null for that of the repository, or of the folder or file.</summary>
    public string? ModelId { get; init; }

    /// <summary>
    /// Sessions that are kept with what they have read, so that the next turn of a conversation costs only what is new. As many requests are
    /// answered in turns; more of them wait. Memory grows with the tokens that sessions have read.
    /// </summary>
    public int MaxSessions { get; init; } = DefaultMaxSessions;

    /// <summary>How tokens are chosen where a request does not say, over what the model's <c>generation_config.json</c> says.</summary>
    public GenerationOptions Generation { get; init; } = new();

    /// <summary>A chat template, as Jinja, to use in place of the model's.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Variables of the chat template, such as <c>enable_thinking</c>; a request may change them.</summary>
    public IReadOnlyDictionary<string, object?> TemplateVariables { get; init; } = new Dictionary<string, object?>();

    /// <summary>The clock of answers and of templates that write a date.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
