using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>BERT's clean-up: control characters, spaces around Chinese characters, accents, case.</summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChineseChars, bool? stripAccents, bool lowercase) : Normalizer
{
    public override void Normalize(AlignedText text)
    {
        if (cleanText)
        {
            text.Remove(CharacterSets.BertRemoved);
            ReplaceSpaces(text);
        }

        if (handleChineseChars)
        {
            SpaceChinese(text);
        }

        if (stripAccents ?? lowercase)
        {
            UnicodeNormalization.OfThread.Normalize(text, compose: false, compatible: false);
            text.Remove(CharacterSets.NonSpacing);
        }

        if (lowercase)
        {
            LowercaseNormalizer.Apply(text);
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "BertNormalizer"u8);
        writer.WriteBoolean("clean_text"u8, cleanText);
        writer.WriteBoolean("handle_chinese_chars"u8, handleChineseChars);
        if (stripAccents is { } strip)
        {
            writer.WriteBoolean("strip_accents"u8, strip);
        }
        else
        {
            writer.WriteNull("strip_accents"u8);
        }

        writer.WriteBoolean("lowercase"u8, lowercase);
        writer.WriteEndObject();
    }

    private static void ReplaceSpaces(AlignedText text)
    {
        ReadOnlySpan<byte> source = text.Text;
        if (!Contains(source, static c => c != ' ' && CharacterSets.WhiteSpace.Contains(c)))
        {
            return;
        }

        text.Begin();
        for (int at = 0; at < source.Length;)
        {
            int c = Utf8.Next(source, ref at);
            text.Emit(CharacterSets.WhiteSpace.Contains(c) ? ' ' : c, 0);
        }

        text.Commit();
    }

    private static void SpaceChinese(AlignedText text)
    {
        ReadOnlySpan<byte> source = text.Text;
        if (!Contains(source, IsChinese))
        {
            return;
        }

        text.Begin();
        for (int at = 0; at < source.Length;)
        {
            int c = Utf8.Next(source, ref at);
            if (IsChinese(c))
            {
                text.Emit(' ', 0);
                text.Emit(c, 1);
                text.Emit(' ', 1);
            }
            else
            {
                text.Emit(c, 0);
            }
        }

        text.Commit();
    }

    private static bool Contains(ReadOnlySpan<byte> text, Func<int, bool> predicate)
    {
        for (int at = 0; at < text.Length;)
        {
            if (predicate(Utf8.Next(text, ref at)))
            {
                return true;
            }
        }

        return false;
    }

    // The sixth range starts at 2B920 in the reference, not at 2B820.
    private static bool IsChinese(int c) => c >= 0x3400 && c is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
