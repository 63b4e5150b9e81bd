using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Joins pieces of words and puts spaces between words.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : Decoder
{
    private static readonly (string From, string To)[] Replacements =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>Takes out the spaces that tokenization put before punctuation and English contractions.</summary>
    public static string CleanUp(string text)
    {
        if (text.Contains(' ', StringComparison.Ordinal))
        {
            foreach ((string from, string to) in Replacements)
            {
                text = text.Replace(from, to, StringComparison.Ordinal);
            }
        }

        return text;
    }

    public override void Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            string token = tokens[i];
            if (i > 0)
            {
                token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
            }

            tokens[i] = cleanup ? CleanUp(token) : token;
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "WordPiece"u8);
        writer.WriteString("prefix"u8, prefix);
        writer.WriteBoolean("cleanup"u8, cleanup);
        writer.WriteEndObject();
    }
}
