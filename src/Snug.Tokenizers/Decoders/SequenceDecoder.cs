using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Decoders one after the other.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<Decoder> decoders) : Decoder
{
    public override void Decode(List<string> tokens)
    {
        foreach (Decoder decoder in decoders)
        {
            decoder.Decode(tokens);
        }
    }

    public override byte[]? RawBytes(string token)
    {
        foreach (Decoder decoder in decoders)
        {
            if (decoder.RawBytes(token) is { } bytes)
            {
                return bytes;
            }
        }

        return null;
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Sequence"u8);
        writer.WriteStartArray("decoders"u8);
        foreach (Decoder decoder in decoders)
        {
            decoder.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
