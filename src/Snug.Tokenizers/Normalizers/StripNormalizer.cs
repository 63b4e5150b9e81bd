using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Removes white space at the ends of the text.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override void Normalize(AlignedText text) => text.Strip(left, right);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Strip"u8);
        writer.WriteBoolean("strip_left"u8, left);
        writer.WriteBoolean("strip_right"u8, right);
        writer.WriteEndObject();
    }
}
