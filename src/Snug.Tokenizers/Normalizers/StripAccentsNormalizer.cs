using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Removes combining marks; composed characters keep theirs.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    public override void Normalize(AlignedText text) => text.Remove(CharacterSets.Combining);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "StripAccents"u8);
        writer.WriteEndObject();
    }
}
