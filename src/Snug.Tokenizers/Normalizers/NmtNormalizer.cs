using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>The clean-up of SentencePiece's NMT rules: control characters go, odd spaces become spaces.</summary>
internal sealed class NmtNormalizer : Normalizer
{
    private static readonly CodePointSet Removed =
        new(CodePointRanges.From([0x01, 0x08, 0x0B, 0x0B, 0x0E, 0x1F, 0x7F, 0x7F, 0x8F, 0x8F, 0x9F, 0x9F]));

    private static readonly CodePointSet Spaces = new(CodePointRanges.From(
        [0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x1680, 0x200B, 0x200F, 0x2028, 0x2029, 0x2581, 0x2581, 0xFEFF, 0xFEFF, 0xFFFD, 0xFFFD]));

    public override void Normalize(AlignedText text)
    {
        text.Remove(Removed);
        ReadOnlySpan<byte> source = text.Text;
        text.Begin();
        for (int at = 0; at < source.Length;)
        {
            int c = Utf8.Next(source, ref at);
            text.Emit(Spaces.Contains(c) ? ' ' : c, 0);
        }

        text.Commit();
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Nmt"u8);
        writer.WriteEndObject();
    }
}
