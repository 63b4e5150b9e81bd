using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Connectionist temporal classification: repeated tokens are one, padding goes, a delimiter stands between words.</summary>
internal sealed class CtcDecoder(string padToken, string wordDelimiterToken, bool cleanup) : Decoder
{
    public override void Decode(List<string> tokens)
    {
        int kept = 0;
        string? previous = null;
        for (int i = 0; i < tokens.Count; i++)
        {
            string token = tokens[i];
            if (token == previous)
            {
                continue;
            }

            previous = token;
            string text = TextReplacement.All(token, padToken, "");
            if (cleanup)
            {
                text = TextReplacement.All(WordPieceDecoder.CleanUp(text), wordDelimiterToken, " ");
            }

            if (text.Length > 0)
            {
                tokens[kept++] = text;
            }
        }

        tokens.RemoveRange(kept, tokens.Count - kept);
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "CTC"u8);
        writer.WriteString("pad_token"u8, padToken);
        writer.WriteString("word_delimiter_token"u8, wordDelimiterToken);
        writer.WriteBoolean("cleanup"u8, cleanup);
        writer.WriteEndObject();
    }
}
