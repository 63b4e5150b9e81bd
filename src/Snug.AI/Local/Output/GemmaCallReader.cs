using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Snug.AI;

/// <summary>Reads calls of Gemma: <c>name{key:value,…}</c>, with keys as they are and a mark of its own around texts.</summary>
internal static class GemmaCallReader
{
    /// <summary>What stands before and behind a text.</summary>
    public const string Quote = "<|\"|>";

    private static readonly SearchValues<char> Ends = SearchValues.Create("{}[]:,");

    public static ToolCallReading Read(string text, ToolSchemas tools)
    {
        int brace = text.IndexOf('{', StringComparison.Ordinal);
        string name = brace < 0 ? "" : text[..brace].Trim();
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
        {
            return default;
        }

        return JsonText.TryParse(ToJson(text.AsSpan(brace)), out JsonElement value) && JsonCallReader.Arguments(value) is { } arguments
            ? new ToolCallReading([new ToolCall(null, name, arguments)])
            : default;
    }

    /// <summary>The same as JSON: texts in quotation marks, and so everything else that JSON does not know. What is no call is no JSON either.</summary>
    private static string ToJson(ReadOnlySpan<char> text)
    {
        StringBuilder json = new();
        while (!text.IsEmpty)
        {
            if (text.StartsWith(Quote))
            {
                ReadOnlySpan<char> inside = text[Quote.Length..];
                int end = inside.IndexOf(Quote);
                if (end < 0)
                {
                    return "";
                }

                json.Append(JsonText.FromString(inside[..end].ToString()).GetRawText());
                text = inside[(end + Quote.Length)..];
            }
            else if (Ends.Contains(text[0]) || char.IsWhiteSpace(text[0]))
            {
                json.Append(text[0]);
                text = text[1..];
            }
            else
            {
                int end = text.IndexOfAny(Ends);
                ReadOnlySpan<char> word = end < 0 ? text : text[..end];
                text = text[word.Length..];
                bool isKey = text.StartsWith(":");
                string value = word.TrimEnd().ToString();
                json.Append(!isKey && JsonText.TryParse(value, out _) ? value : JsonText.FromString(value).GetRawText());
            }
        }

        return json.ToString();
    }
}
