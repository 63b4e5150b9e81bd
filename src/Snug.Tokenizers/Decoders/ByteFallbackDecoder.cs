using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Turns runs of byte tokens into text; a run that is not valid UTF-8 becomes one U+FFFD for each byte, valid ones included.</summary>
internal sealed class ByteFallbackDecoder : Decoder
{
    public override void Decode(List<string> tokens)
    {
        List<string> decoded = new(tokens.Count);
        List<byte> run = [];
        foreach (string token in tokens)
        {
            if (TryReadByte(token, out byte value))
            {
                run.Add(value);
                continue;
            }

            Flush(run, decoded);
            decoded.Add(token);
        }

        Flush(run, decoded);
        tokens.Clear();
        tokens.AddRange(decoded);
    }

    public override byte[]? RawBytes(string token) => TryReadByte(token, out byte value) ? [value] : null;

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "ByteFallback"u8);
        writer.WriteEndObject();
    }

    private static void Flush(List<byte> run, List<string> decoded)
    {
        if (run.Count == 0)
        {
            return;
        }

        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(run);
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            decoded.Add(Utf8.ToText(bytes));
        }
        else
        {
            decoded.AddRange(Enumerable.Repeat("\uFFFD", run.Count));
        }

        run.Clear();
    }

    private static bool TryReadByte(string token, out byte value)
    {
        value = 0;
        if (token.Length != 6 || !token.StartsWith("<0x", StringComparison.Ordinal) || token[5] != '>')
        {
            return false;
        }

        // A sign before one digit is a number, too.
        ReadOnlySpan<char> digits = token[3] == '+' ? token.AsSpan(4, 1) : token.AsSpan(3, 2);
        return byte.TryParse(digits, System.Globalization.NumberStyles.AllowHexSpecifier, null, out value);
    }
}
