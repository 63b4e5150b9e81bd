using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Whole pieces are tokens, or unknown.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, string unknownToken) : TokenModel(vocabulary)
{
    private readonly int _unknown = vocabulary.Find(unknownToken);

    public string UnknownToken => unknownToken;

    public override void Tokenize(ReadOnlySpan<byte> text, TokenList tokens)
    {
        int id = Vocabulary.Find(text);
        if (id < 0 && _unknown < 0)
        {
            throw new TokenizerException($"The unknown token '{unknownToken}' is not in the vocabulary.");
        }

        tokens.Add(id < 0 ? _unknown : id, 0, text.Length);
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "WordLevel"u8);
        WriteVocabulary(writer);
        writer.WriteString("unk_token"u8, unknownToken);
        writer.WriteEndObject();
    }
}
