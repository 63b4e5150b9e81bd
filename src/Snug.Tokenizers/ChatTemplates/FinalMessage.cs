namespace Snug.Tokenizers;

/// <summary>
/// Ends a text where its last message does: the message is given a mark to render, and the text is cut there.
/// </summary>
internal sealed class FinalMessage
{
    private const string Mark = "CONTINUE_FINAL_MESSAGE_TAG ";

    private readonly string _text;

    private FinalMessage(string text) => _text = text;

    /// <summary>Marks the last message.</summary>
    /// <exception cref="TokenizerException">There is nothing to go on with.</exception>
    public static FinalMessage MarkIn(IReadOnlyList<JinjaDictionary> messages, string property, ChatTemplate template)
    {
        if (messages.Count == 0 || !messages[^1].TryGet(property, out object? content) || content is null)
        {
            throw new TokenizerException($"The last message has no '{property}' to go on with.");
        }

        if (!template.Source.Contains(property, StringComparison.Ordinal))
        {
            throw new TokenizerException($"The chat template does not write '{property}'.");
        }

        if (content is string text)
        {
            messages[^1].Set(property, text + Mark);
            return new FinalMessage(text);
        }

        // Of content in parts, the last text.
        foreach (JinjaDictionary part in (content as List<object?> ?? []).OfType<JinjaDictionary>().Reverse())
        {
            if (part.TryGet("text", out object? value) && value is string partText)
            {
                part.Set("text", partText + Mark);
                return new FinalMessage(partText);
            }
        }

        throw new TokenizerException("The last message has no text to go on with.");
    }

    /// <summary>Where to cut a text; white space that the template took from the end of the message stays away.</summary>
    /// <exception cref="TokenizerException">The template does not write the message as it is.</exception>
    public int FindEnd(string rendered)
    {
        int at = rendered.LastIndexOf(Mark.Trim(), StringComparison.Ordinal);
        if (at < 0 || !rendered.Contains(_text.Trim(), StringComparison.Ordinal))
        {
            throw new TokenizerException("The chat template does not write the last message as it is, so the text cannot end with it.");
        }

        return rendered.AsSpan(at).StartsWith(Mark) ? at : rendered.AsSpan(0, at).TrimEnd().Length;
    }
}
