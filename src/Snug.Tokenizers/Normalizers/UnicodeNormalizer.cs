using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>NFC, NFD, NFKC and NFKD.</summary>
internal sealed class UnicodeNormalizer(bool compose, bool compatible) : Normalizer
{
    public override void Normalize(AlignedText text) => UnicodeNormalization.OfThread.Normalize(text, compose, compatible);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, $"NF{(compatible ? "K" : "")}{(compose ? "C" : "D")}");
        writer.WriteEndObject();
    }
}
