using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Lower case, character by character: no regard to context, one character may become several.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public static void Apply(AlignedText text)
    {
        CodePointSequences lowercase = CharacterSets.Lowercase;
        ReadOnlySpan<byte> source = text.Text;
        int at = 0;
        bool changes = false;
        while (at < source.Length && !changes)
        {
            byte lead = source[at];
            changes = lead < 0x80 ? lead is >= (byte)'A' and <= (byte)'Z' : !lowercase[Utf8.At(source, at)].IsEmpty;
            at += Utf8.LengthOf(lead);
        }

        if (!changes)
        {
            return;
        }

        text.Begin();
        for (at = 0; at < source.Length;)
        {
            int c = Utf8.Next(source, ref at);
            ReadOnlySpan<int> lower = lowercase[c];
            if (lower.IsEmpty)
            {
                text.Emit(c, 0);
                continue;
            }

            for (int i = 0; i < lower.Length; i++)
            {
                text.Emit(lower[i], i == 0 ? 0 : 1);
            }
        }

        text.Commit();
    }

    public override void Normalize(AlignedText text) => Apply(text);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Lowercase"u8);
        writer.WriteEndObject();
    }
}
