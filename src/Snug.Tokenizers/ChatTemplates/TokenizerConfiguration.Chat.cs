using System.Collections.Concurrent;

namespace Snug.Tokenizers;

/// <content>Conversations.</content>
public sealed partial record TokenizerConfiguration
{
    private static readonly string[] RolesBeforeMessages = ["system", "developer"];

    // By their source, so that changed copies of the configuration may share them.
    private readonly ConcurrentDictionary<string, ChatTemplate> _parsedTemplates = new(StringComparer.Ordinal);

    /// <summary>Writes a conversation as the model wants it, as Python's <c>apply_chat_template(tokenize=False)</c> does.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">Tools, documents, how the text ends, which template.</param>
    /// <exception cref="TokenizerException">The tokenizer has no such template, or the last message cannot be gone on with.</exception>
    /// <exception cref="TemplateException">The template is wrong, refuses, or cannot be rendered with these messages.</exception>
    /// <exception cref="ArgumentException">The options contradict one another.</exception>
    public ChatPrompt ApplyChatTemplate(IReadOnlyList<ChatTemplateMessage> messages, ChatTemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        options ??= new ChatTemplateOptions();
        if (options.AddGenerationPrompt && options.ContinueFinalMessage)
        {
            throw new ArgumentException("A text cannot end with the start of an answer and with the last message.", nameof(options));
        }

        ChatTemplate template = options.Template ?? FindChatTemplate(options);
        List<JinjaDictionary> values = [.. messages.Select(message => (JinjaDictionary)JinjaValues.From(message.Values)!)];
        FinalMessage? final = options.ContinueFinalMessage ? FinalMessage.MarkIn(values, options.ContinuedProperty, template) : null;
        RenderedTemplate rendered = template.RenderMessages(VariablesOf(options), values, options.Time, out OffsetRange?[] ranges);
        int length = final?.FindEnd(rendered.Text) ?? rendered.Text.Length;
        if (ranges.Length > 0 && ranges[0] is null && RolesBeforeMessages.Contains(messages[0].Role)
            && Array.Find(ranges, range => range is not null) is { Start: > 0 } first)
        {
            ranges[0] = new OffsetRange(0, first.Start);
        }

        return new ChatPrompt(
            rendered.Text[..length],
            Array.ConvertAll(ranges, range => range is { } known ? Clip(known, length) : (OffsetRange?)null),
            [.. rendered.Generated.Select(range => Clip(range, length))]);
    }

    private static OffsetRange Clip(OffsetRange range, int length) => new(Math.Min(range.Start, length), Math.Min(range.End, length));

    private ChatTemplate FindChatTemplate(ChatTemplateOptions options)
    {
        IReadOnlyDictionary<string, string> templates = ChatTemplates;
        string name = options.TemplateName
            ?? (options.Tools is not (null or System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.Null }) && templates.ContainsKey(ToolTemplate) ? ToolTemplate : DefaultTemplate);
        if (templates.TryGetValue(name, out string? source))
        {
            return _parsedTemplates.GetOrAdd(source, ChatTemplate.Parse);
        }

        throw new TokenizerException(templates.Count == 0
            ? "The tokenizer has no chat template."
            : $"The tokenizer has no chat template '{name}', but {string.Join(", ", templates.Keys.Order(StringComparer.Ordinal).Select(known => $"'{known}'"))}.");
    }

    private Dictionary<string, object?> VariablesOf(ChatTemplateOptions options)
    {
        Dictionary<string, object?> variables = new(StringComparer.Ordinal);
        foreach ((string name, string token) in SpecialTokens)
        {
            variables[name] = token;
        }

        if (AdditionalSpecialTokens.Count > 0)
        {
            variables["additional_special_tokens"] = AdditionalSpecialTokens;
        }

        foreach ((string name, object? value) in options.Variables)
        {
            variables[name] = value;
        }

        variables["tools"] = options.Tools;
        variables["documents"] = options.Documents;
        variables["add_generation_prompt"] = options.AddGenerationPrompt;
        variables["messages"] = Array.Empty<object?>();
        return variables;
    }
}
