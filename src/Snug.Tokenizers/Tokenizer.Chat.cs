using System.Collections.Concurrent;

namespace Snug.Tokenizers;

/// <content>Conversations.</content>
public sealed partial class Tokenizer
{
    private static readonly string[] RolesBeforeMessages = ["system", "developer"];

    private readonly ConcurrentDictionary<string, ChatTemplate> _chatTemplates = new(StringComparer.Ordinal);

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

    /// <summary>Writes a conversation as the model wants it and encodes it, as Python's <c>apply_chat_template</c> does.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">Tools, documents, how the text ends, which template.</param>
    /// <exception cref="TokenizerException">The tokenizer has no such template, or the last message cannot be gone on with.</exception>
    /// <exception cref="TemplateException">The template is wrong, refuses, or cannot be rendered with these messages.</exception>
    /// <exception cref="ArgumentException">The options contradict one another.</exception>
    public ChatEncoding EncodeChat(IReadOnlyList<ChatTemplateMessage> messages, ChatTemplateOptions? options = null)
    {
        ChatPrompt prompt = ApplyChatTemplate(messages, options);
        Encoding encoding = Encode(prompt.Text, addSpecialTokens: false);
        int[] mask = new int[encoding.Length];
        OffsetRange?[] tokens = new OffsetRange?[messages.Count];
        int[] generatedBefore = CountGenerated(prompt);
        int[] messageOf = FindMessages(prompt);
        for (int token = 0; token < mask.Length; token++)
        {
            // What truncation cut off and what padding added has no place in the text.
            OffsetRange offsets = encoding.Offsets[token];
            if (encoding.AttentionMask[token] == 0 || offsets.Start >= messageOf.Length)
            {
                continue;
            }

            mask[token] = generatedBefore[offsets.End] > generatedBefore[offsets.Start] ? 1 : 0;
            if (messageOf[offsets.Start] is var message and >= 0)
            {
                tokens[message] = new OffsetRange(tokens[message]?.Start ?? token, token + 1);
            }
        }

        return new ChatEncoding(prompt, encoding, tokens, mask);
    }

    /// <summary>For each place in the text, how much of the text before it is generated.</summary>
    private static int[] CountGenerated(ChatPrompt prompt)
    {
        int[] counts = new int[prompt.Text.Length + 1];
        foreach (OffsetRange range in prompt.Generated)
        {
            counts.AsSpan(range.Start, range.Length).Fill(1);
        }

        int sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            (counts[i], sum) = (sum, sum + counts[i]);
        }

        return counts;
    }

    /// <summary>For each place in the text, the message that it belongs to, or -1.</summary>
    private static int[] FindMessages(ChatPrompt prompt)
    {
        int[] messages = new int[prompt.Text.Length];
        Array.Fill(messages, -1);
        for (int message = 0; message < prompt.Messages.Count; message++)
        {
            if (prompt.Messages[message] is { } range)
            {
                messages.AsSpan(range.Start, range.Length).Fill(message);
            }
        }

        return messages;
    }

    private static OffsetRange Clip(OffsetRange range, int length) => new(Math.Min(range.Start, length), Math.Min(range.End, length));

    private ChatTemplate FindChatTemplate(ChatTemplateOptions options)
    {
        IReadOnlyDictionary<string, string> templates = Configuration.ChatTemplates;
        string name = options.TemplateName
            ?? (options.Tools is not null && templates.ContainsKey(TokenizerConfiguration.ToolTemplate) ? TokenizerConfiguration.ToolTemplate : TokenizerConfiguration.DefaultTemplate);
        if (templates.TryGetValue(name, out string? source))
        {
            return _chatTemplates.GetOrAdd(source, ChatTemplate.Parse);
        }

        throw new TokenizerException(templates.Count == 0
            ? "The tokenizer has no chat template."
            : $"The tokenizer has no chat template '{name}', but {string.Join(", ", templates.Keys.Order(StringComparer.Ordinal).Select(known => $"'{known}'"))}.");
    }

    private Dictionary<string, object?> VariablesOf(ChatTemplateOptions options)
    {
        Dictionary<string, object?> variables = new(StringComparer.Ordinal);
        foreach ((string name, string token) in Configuration.SpecialTokens)
        {
            variables[name] = token;
        }

        if (Configuration.AdditionalSpecialTokens.Count > 0)
        {
            variables["additional_special_tokens"] = Configuration.AdditionalSpecialTokens;
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
