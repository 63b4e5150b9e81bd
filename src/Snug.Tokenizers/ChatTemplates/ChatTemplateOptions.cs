namespace Snug.Tokenizers;

/// <summary>How a conversation is written with a chat template.</summary>
public sealed record ChatTemplateOptions
{
    /// <summary>
    /// The name of the template; when null, that for tools where there are tools and it exists, else the default one.
    /// </summary>
    public string? TemplateName { get; init; }

    /// <summary>A template to use in place of the tokenizer's own.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>The tools that the model may call: a list of dictionaries or a JSON array, each a function with its JSON schema.</summary>
    public object? Tools { get; init; }

    /// <summary>The documents that the model may quote: a list of dictionaries or a JSON array, with title and text.</summary>
    public object? Documents { get; init; }

    /// <summary>Whether the text ends with the start of an answer.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Whether the text ends where the last message does, so that the model goes on with it.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>The part of the last message to go on with, where it is not <c>content</c>: for example <c>reasoning_content</c>.</summary>
    public string ContinuedProperty { get; init; } = "content";

    /// <summary>Further variables of the template, such as <c>enable_thinking</c>. They win over the tokenizer's special tokens.</summary>
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = new Dictionary<string, object?>();

    /// <summary>The time for templates that write a date; that of the system when null.</summary>
    public TimeProvider? Time { get; init; }
}
