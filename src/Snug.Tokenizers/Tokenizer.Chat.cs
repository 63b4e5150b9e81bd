namespace Snug.Tokenizers;

/// <content>Conversations.</content>
public sealed partial class Tokenizer
{
    /// <summary>Writes a conversation as the model wants it, as Python's <c>apply_chat_template(tokenize=False)</c> does.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">Tools, documents, how the text ends, which template.</param>
    /// <exception cref="TokenizerException">The tokenizer has no such template, or the last message cannot be gone on with.</exception>
    /// <exception cref="TemplateException">The template is wrong, refuses, or cannot be rendered with these messages.</exception>
    /// <exception cref="ArgumentException">The options contradict one another.</exception>
    public ChatPrompt ApplyChatTemplate(IReadOnlyList<ChatTemplateMessage> messages, ChatTemplateOptions? options = null) =>
        Configuration.ApplyChatTemplate(messages, options);

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
}
