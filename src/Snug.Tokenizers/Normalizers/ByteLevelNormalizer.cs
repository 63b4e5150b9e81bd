using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Writes every byte as the printable character that stands for it.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override void Normalize(AlignedText text) => ByteAlphabet.Apply(text);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "ByteLevel"u8);
        writer.WriteEndObject();
    }
}
