using System.Text.Json;

namespace Snug.AI;

/// <summary>Reads calls whose name stands before the JSON of their arguments.</summary>
internal static class NamedCallReader
{
    /// <summary><c>[…]</c>, or <c>name[ARGS]{…}</c> with an id between.</summary>
    public static ToolCallReading ReadMistral(string text, ToolSchemas tools)
    {
        if (text.TrimStart().StartsWith('['))
        {
            return JsonCallReader.Read(text, tools);
        }

        int split = text.IndexOf("[ARGS]", StringComparison.Ordinal);
        if (split < 0)
        {
            int brace = text.IndexOf('{', StringComparison.Ordinal);
            return brace < 0 ? default : One(null, text[..brace], text[brace..]);
        }

        string[] head = text[..split].Split("[CALL_ID]");
        return One(head.Length > 1 ? head[1].Trim() : null, head[0], text[(split + "[ARGS]".Length)..]);
    }

    /// <summary><c>name>{…}</c>, behind <c>&lt;function=</c>.</summary>
    public static ToolCallReading ReadFunctionary(string text, ToolSchemas tools)
    {
        int split = text.IndexOf('>', StringComparison.Ordinal);
        return split < 0 ? default : One(null, text[..split], text[(split + 1)..]);
    }

    /// <summary>A line with the name, and the arguments behind it. The mark before it is Python's prompt, too, so the function has to be one that there is.</summary>
    public static ToolCallReading ReadRecipient(string text, ToolSchemas tools)
    {
        int split = text.IndexOf('\n', StringComparison.Ordinal);
        return split < 0 || !tools.Has(text[..split].Trim()) ? default : One(null, text[..split], text[(split + 1)..]);
    }

    /// <summary><c>name &lt;|constrain|>json&lt;|message|>{…}</c>; between name and message may stand the channel.</summary>
    public static ToolCallReading ReadHarmony(string text, ToolSchemas tools)
    {
        const string Message = "<|message|>";
        int end = text.AsSpan().IndexOfAny(' ', '<');
        int message = text.IndexOf(Message, StringComparison.Ordinal);
        return end < 0 || message < end ? default : One(null, text[..end], text[(message + Message.Length)..]);
    }

    /// <summary>A section of <c>name&lt;sep>{…}</c>, or <c>function&lt;sep>name</c> with the arguments as a block of code.</summary>
    public static ToolCallReading ReadDeepSeek(string text, ToolSchemas tools) => ReadSection(
        text, "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>", (head, body) =>
        {
            int fence = body.IndexOf("```", StringComparison.Ordinal);
            if (head.Trim() != "function" || fence < 0)
            {
                return One(null, head, body);
            }

            string code = body[(fence + 3)..];
            int end = code.LastIndexOf("```", StringComparison.Ordinal);
            code = end < 0 ? code : code[..end];
            return One(null, body[..fence], code.StartsWith("json", StringComparison.Ordinal) ? code["json".Length..] : code);
        });

    /// <summary>A section of <c>functions.name:0&lt;begin>{…}</c>; what stands before the arguments is the id.</summary>
    public static ToolCallReading ReadKimi(string text, ToolSchemas tools) => ReadSection(
        text, "<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>", (head, body) =>
        {
            string id = head.Trim();
            string name = id.StartsWith("functions.", StringComparison.Ordinal) ? id["functions.".Length..] : id;
            int number = name.LastIndexOf(':');
            return One(id, number < 0 ? name : name[..number], body);
        });

    /// <summary>JSON, or <c>tool.call(name="value")</c>.</summary>
    public static ToolCallReading ReadLlama(string text, ToolSchemas tools)
    {
        if (text.TrimStart().StartsWith('{'))
        {
            return JsonCallReader.Read(text, tools);
        }

        string call = text.Trim();
        int open = call.IndexOf(".call(", StringComparison.Ordinal);
        if (open <= 0 || !call.EndsWith(')') || !call.AsSpan(0, open).ToString().All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            return default;
        }

        // query="…" as JSON would be: {"query": "…"}.
        string inside = call[(open + ".call(".Length)..^1];
        int equal = inside.IndexOf('=', StringComparison.Ordinal);
        return equal <= 0 ? default : One(null, call[..open], $"{{{JsonText.FromString(inside[..equal].Trim()).GetRawText()}:{inside[(equal + 1)..]}}}");
    }

    private static ToolCallReading ReadSection(string text, string begin, string separator, string end, Func<string, string, ToolCallReading> read)
    {
        List<ToolCall> calls = [];
        foreach (string part in text.Split(begin))
        {
            if (string.IsNullOrWhiteSpace(part))
            {
                continue;
            }

            int split = part.IndexOf(separator, StringComparison.Ordinal);
            int stop = part.LastIndexOf(end, StringComparison.Ordinal);
            if (split < 0 || (stop >= 0 && stop < split)
                || read(part[..split], part[(split + separator.Length)..(stop < 0 ? part.Length : stop)]).Calls is not { } found)
            {
                return default;
            }

            calls.AddRange(found);
        }

        return new ToolCallReading(calls.Count > 0 ? calls : null);
    }

    private static ToolCallReading One(string? id, string name, string arguments)
    {
        name = name.Trim();
        (List<JsonElement>? values, bool isIncomplete) = JsonText.ReadAll(arguments);
        return name.Length > 0 && values is [var value] && JsonCallReader.Arguments(value) is { } read
            ? new ToolCallReading([new ToolCall(id, name, read)])
            : new ToolCallReading(null, isIncomplete);
    }
}
