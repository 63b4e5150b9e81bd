using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Snug.Cli;

/// <summary>JSON that others give: files, standard input, and texts that may have lone surrogates.</summary>
internal static class JsonInput
{
    /// <summary>Reads a JSON document from a file, or from standard input where the name is <c>-</c>.</summary>
    public static JsonDocument Read(CliConsole console, string file)
    {
        try
        {
            using Stream stream = file == "-" ? console.OpenIn() : File.OpenRead(file);
            return JsonDocument.Parse(stream);
        }
        catch (JsonException exception)
        {
            throw CliException.Usage($"'{file}' is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} of the line).", "Check the document at this place.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"'{file}' cannot be read: {exception.Message}", "Name a file that exists, or '-' for standard input.");
        }
    }

    /// <summary>A text of a document. Escapes of lone surrogates, which are no Unicode text, are kept as they are.</summary>
    public static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(element.GetRawText());
        }
    }

    private static string Unescape(string raw)
    {
        StringBuilder text = new(raw.Length);
        for (int at = 1; at < raw.Length - 1; at++)
        {
            if (raw[at] != '\\')
            {
                text.Append(raw[at]);
                continue;
            }

            char escape = raw[++at];
            if (escape == 'u')
            {
                text.Append((char)ushort.Parse(raw.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                at += 4;
            }
            else
            {
                text.Append(escape switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => escape });
            }
        }

        return text.ToString();
    }
}
