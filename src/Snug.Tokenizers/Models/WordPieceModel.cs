using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>WordPiece: the longest token that fits, again and again; a word that cannot be covered is unknown as a whole.</summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly string _unknownToken;
    private readonly string _prefix;
    private readonly int _longestWord;
    private readonly int _unknown;
    private readonly ByteTrie _trie;
    private readonly int _inner;

    public WordPieceModel(Vocabulary vocabulary, string unknownToken, string continuingSubwordPrefix, int maxInputCharsPerWord)
        : base(vocabulary)
    {
        (_unknownToken, _prefix, _longestWord) = (unknownToken, continuingSubwordPrefix, maxInputCharsPerWord);
        _unknown = vocabulary.Find(unknownToken);
        List<ReadOnlyMemory<byte>> keys = [];
        List<int> values = [];
        foreach ((string token, int id) in vocabulary.Entries())
        {
            keys.Add(System.Text.Encoding.UTF8.GetBytes(token));
            values.Add(id);
        }

        _trie = new ByteTrie(keys, values);
        _inner = _trie.Walk(System.Text.Encoding.UTF8.GetBytes(continuingSubwordPrefix));
    }

    public string UnknownToken => _unknownToken;

    public override void Tokenize(ReadOnlySpan<byte> text, TokenList tokens)
    {
        int before = tokens.Count;
        if (text.Length > _longestWord && Utf8.Count(text) > _longestWord)
        {
            AddUnknown(text, tokens);
            return;
        }

        for (int start = 0; start < text.Length;)
        {
            int node = start == 0 ? ByteTrie.Root : _inner;
            int end = -1;
            int id = -1;
            for (int at = start; node >= 0 && at < text.Length; at++)
            {
                node = _trie.Child(node, text[at]);
                if (node >= 0 && _trie.Value(node) is var value and >= 0)
                {
                    (id, end) = (value, at + 1);
                }
            }

            if (id < 0)
            {
                tokens.RemoveFrom(before);
                AddUnknown(text, tokens);
                return;
            }

            tokens.Add(id, start, end);
            start = end;
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "WordPiece"u8);
        writer.WriteString("unk_token"u8, _unknownToken);
        writer.WriteString("continuing_subword_prefix"u8, _prefix);
        writer.WriteNumber("max_input_chars_per_word"u8, _longestWord);
        WriteVocabulary(writer);
        writer.WriteEndObject();
    }

    private void AddUnknown(ReadOnlySpan<byte> text, TokenList tokens)
    {
        if (_unknown < 0)
        {
            throw new TokenizerException($"The unknown token '{_unknownToken}' is not in the vocabulary.");
        }

        tokens.Add(_unknown, 0, text.Length);
    }
}
