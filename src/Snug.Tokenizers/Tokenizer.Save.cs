using System.Text.Json;

namespace Snug.Tokenizers;

/// <content>Writing tokenizer.json.</content>
public sealed partial class Tokenizer
{
    /// <summary>Writes the tokenizer as a tokenizer.json that this library and the Rust engine load.</summary>
    /// <param name="path">The file; it is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        using FileStream stream = System.IO.File.Create(path);
        Save(stream);
    }

    /// <summary>Writes the tokenizer as a tokenizer.json.</summary>
    /// <param name="stream">Where to write.</param>
    public void Save(Stream stream)
    {
        using Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteString("version"u8, "1.0"u8);
        WriteTruncation(writer);
        WritePadding(writer);
        WriteAddedTokens(writer);
        WriteComponent(writer, "normalizer", _normalizer, static (component, target) => component.Write(target));
        WriteComponent(writer, "pre_tokenizer", _preTokenizer, static (component, target) => component.Write(target));
        WriteComponent(writer, "post_processor", _postProcessor, static (component, target) => component.Write(target));
        WriteComponent(writer, "decoder", _decoder, static (component, target) => component.Write(target));
        writer.WritePropertyName("model"u8);
        _model.Write(writer);
        writer.WriteEndObject();
    }

    private static void WriteComponent<T>(Utf8JsonWriter writer, string name, T? component, Action<T, Utf8JsonWriter> write)
        where T : class
    {
        writer.WritePropertyName(name);
        if (component is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            write(component, writer);
        }
    }

    private void WriteTruncation(Utf8JsonWriter writer)
    {
        if (Truncation is not { } truncation)
        {
            writer.WriteNull("truncation"u8);
            return;
        }

        writer.WriteStartObject("truncation"u8);
        writer.WriteString("direction"u8, truncation.Direction.ToString());
        writer.WriteNumber("max_length"u8, truncation.MaxLength);
        writer.WriteString("strategy"u8, truncation.Strategy.ToString());
        writer.WriteNumber("stride"u8, truncation.Stride);
        writer.WriteEndObject();
    }

    private void WritePadding(Utf8JsonWriter writer)
    {
        if (Padding is not { } padding)
        {
            writer.WriteNull("padding"u8);
            return;
        }

        writer.WriteStartObject("padding"u8);
        if (padding.Length is { } length)
        {
            writer.WriteStartObject("strategy"u8);
            writer.WriteNumber("Fixed"u8, length);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("strategy"u8, "BatchLongest"u8);
        }

        writer.WriteString("direction"u8, padding.Direction.ToString());
        if (padding.PadToMultipleOf is { } multiple)
        {
            writer.WriteNumber("pad_to_multiple_of"u8, multiple);
        }
        else
        {
            writer.WriteNull("pad_to_multiple_of"u8);
        }

        writer.WriteNumber("pad_id"u8, padding.PadId);
        writer.WriteNumber("pad_type_id"u8, padding.PadTypeId);
        writer.WriteString("pad_token"u8, padding.PadToken);
        writer.WriteEndObject();
    }

    private void WriteAddedTokens(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("added_tokens"u8);
        foreach ((int id, AddedToken token) in _added.Tokens)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id"u8, id);
            writer.WriteString("content"u8, token.Content);
            writer.WriteBoolean("single_word"u8, token.SingleWord);
            writer.WriteBoolean("lstrip"u8, token.LeftStrip);
            writer.WriteBoolean("rstrip"u8, token.RightStrip);
            writer.WriteBoolean("normalized"u8, token.Normalized);
            writer.WriteBoolean("special"u8, token.Special);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
