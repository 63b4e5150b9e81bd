using System.Text.Json;
using System.Text.Unicode;

namespace Snug.Inference;

/// <summary>Reads the JSON files of a model: bounded, valid UTF-8, every key once.</summary>
internal static class JsonFile
{
    private const int MaxDepth = 16;

    /// <summary>Reads a file and hands its object to <paramref name="read"/>; whatever is wrong with the JSON becomes a typed error.</summary>
    public static T Read<T>(string file, int maxBytes, Func<JsonElement, T> read)
    {
        long length = new FileInfo(file).Length;
        return length > maxBytes
            ? throw new ModelFormatException($"The file has {length} bytes, {maxBytes} at most.", file, maxBytes)
            : Parse(File.ReadAllBytes(file), file, read);
    }

    /// <summary>As <see cref="Read"/>, of bytes that were read already.</summary>
    public static T Parse<T>(ReadOnlyMemory<byte> json, string file, Func<JsonElement, T> read)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        if (!Utf8.IsValid(json.Span))
        {
            throw new ModelFormatException("The file is no valid UTF-8.", file, jsonPath: "$");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw new ModelFormatException("The file must hold an object.", file, jsonPath: "$");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"The file is no valid JSON, in line {e.LineNumber + 1}.", file, jsonPath: "$", innerException: e);
        }
        catch (InvalidOperationException e)
        {
            // Strings with half a surrogate pair are found only when they are read.
            throw new ModelFormatException("The file has a string that is no text.", file, jsonPath: "$", innerException: e);
        }
    }
}
