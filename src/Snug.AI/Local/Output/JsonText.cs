using System.Buffers;
using System.Text.Json;

namespace Snug.AI;

/// <summary>JSON in the text of an answer.</summary>
internal static class JsonText
{
    private const int MaxDepth = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads a value that is the whole text.</summary>
    public static bool TryParse(string text, out JsonElement value)
    {
        value = default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            value = document.RootElement.Clone();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads values that follow one another, with nothing but white space, commas and semicolons between.</summary>
    /// <returns>The values; null if there is something else. Whether the text ends within a value.</returns>
    public static (List<JsonElement>? Values, bool IsIncomplete) ReadAll(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        List<JsonElement> values = [];
        int at = 0;
        while (true)
        {
            while (at < bytes.Length && bytes[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)',' or (byte)';')
            {
                at++;
            }

            if (at == bytes.Length)
            {
                return (values, values.Count == 0);
            }

            try
            {
                Utf8JsonReader reader = new(new ReadOnlySequence<byte>(bytes.AsMemory(at)), isFinalBlock: false, new JsonReaderState(Options));
                if (bytes[at] is not ((byte)'{' or (byte)'[') || !JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
                {
                    return (null, bytes[at] is (byte)'{' or (byte)'[');
                }

                using (document)
                {
                    values.Add(document.RootElement.Clone());
                }

                at += (int)reader.BytesConsumed;
            }
            catch (JsonException)
            {
                return (null, false);
            }
        }
    }

    public static JsonElement FromString(string text)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStringValue(text);
        }

        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
