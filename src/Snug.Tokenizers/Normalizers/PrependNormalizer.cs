using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Puts a text in front of texts that are not empty.</summary>
internal sealed class PrependNormalizer(string prepend) : Normalizer
{
    private readonly byte[] _bytes = System.Text.Encoding.UTF8.GetBytes(prepend);

    public override void Normalize(AlignedText text) => text.Prepend(_bytes);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Prepend"u8);
        writer.WriteString("prepend"u8, prepend);
        writer.WriteEndObject();
    }
}
