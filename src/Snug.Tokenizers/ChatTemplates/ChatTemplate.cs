namespace Snug.Tokenizers;

/// <summary>
/// A chat template: how a model wants a conversation written. Templates are Jinja, rendered as Python's <c>transformers</c> does:
/// sandboxed, with loop controls, without the blank lines of statements. Safe for use by many threads.
/// </summary>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<JinjaStatement> _statements;

    private ChatTemplate(string source)
    {
        Source = source;
        _statements = JinjaParser.Parse(source);
    }

    /// <summary>The text of the template.</summary>
    public string Source { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The text of the template.</param>
    /// <exception cref="TemplateException">The template is wrong.</exception>
    public static ChatTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(source);
    }

    /// <summary>Renders the template.</summary>
    /// <param name="variables">
    /// The variables: <c>messages</c>, <c>tools</c>, <c>documents</c>, <c>add_generation_prompt</c>, <c>bos_token</c> and whatever else the
    /// template knows. Values are null, truth values, numbers, texts, lists, dictionaries with text keys, and JSON elements.
    /// </param>
    /// <param name="time">The time for templates that write a date; that of the system when null.</param>
    /// <exception cref="TemplateException">The template refuses, or cannot be rendered with these variables.</exception>
    public RenderedTemplate Render(IEnumerable<KeyValuePair<string, object?>> variables, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return RenderMessages(variables, [], time, out _);
    }

    /// <summary>Renders the template, and tells where it wrote each of the messages.</summary>
    internal RenderedTemplate RenderMessages(
        IEnumerable<KeyValuePair<string, object?>> variables, IReadOnlyList<object?> messages, TimeProvider? time, out OffsetRange?[] messageRanges)
    {
        JinjaScope scope = new(JinjaGlobals.Create(time ?? TimeProvider.System));
        foreach ((string name, object? value) in variables)
        {
            scope.Set(name, JinjaValues.From(value));
        }

        if (messages.Count > 0)
        {
            scope.Set("messages", new List<object?>(messages));
        }

        JinjaInterpreter interpreter = new(scope, messages);
        RenderedTemplate rendered = new(interpreter.Render(_statements), interpreter.Generated);
        messageRanges = interpreter.MessageRanges;
        return rendered;
    }
}
