using System.Text.Json;
using Snug.Tokenizers;
using Encoding = Snug.Tokenizers.Encoding;

namespace Snug.Cli;

/// <summary>Encodings as JSON.</summary>
internal static class EncodingJson
{
    public static void Write(Utf8JsonWriter json, Encoding encoding, OffsetUnit unit, string decoded)
    {
        WriteNumbers(json, "ids", encoding.Ids);
        json.WriteStartArray("tokens");
        foreach (string token in encoding.Tokens)
        {
            json.WriteStringValue(token);
        }

        json.WriteEndArray();
        json.WriteStartArray("offsets");
        foreach (OffsetRange range in encoding.OffsetsIn(unit))
        {
            WriteRange(json, range);
        }

        json.WriteEndArray();
        WriteNumbers(json, "type_ids", encoding.TypeIds);
        WriteNumbers(json, "attention_mask", encoding.AttentionMask);
        WriteNumbers(json, "special_tokens_mask", encoding.SpecialTokensMask);
        json.WriteStartArray("word_ids");
        foreach (int? word in encoding.WordIds)
        {
            if (word is { } number)
            {
                json.WriteNumberValue(number);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
        json.WriteString("decoded", decoded);
    }

    public static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (int number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    public static void WriteRanges(Utf8JsonWriter json, string name, IEnumerable<OffsetRange?> ranges)
    {
        json.WriteStartArray(name);
        foreach (OffsetRange? range in ranges)
        {
            if (range is { } known)
            {
                WriteRange(json, known);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteRange(Utf8JsonWriter json, OffsetRange range)
    {
        json.WriteStartArray();
        json.WriteNumberValue(range.Start);
        json.WriteNumberValue(range.End);
        json.WriteEndArray();
    }
}
