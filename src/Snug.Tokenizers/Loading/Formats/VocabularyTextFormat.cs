namespace Snug.Tokenizers;

/// <summary>BERT's vocab.txt: one token a line, numbered from 0.</summary>
internal static class VocabularyTextFormat
{
    private static readonly string[] SpecialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    public static TokenizerParts Read(ReadOnlySpan<byte> text, bool lowercase)
    {
        VocabularyBuilder builder = new();
        int id = 0;
        foreach (Range line in TextLines.Of(text))
        {
            // White space at the end of a line is no part of the token.
            ReadOnlySpan<byte> token = text[line];
            while (token.Length > 0 && Utf8.Previous(token, token.Length) is var last && CharacterSets.WhiteSpace.Contains(Utf8.At(token, last)))
            {
                token = token[..last];
            }

            builder.Add(token, id++);
        }

        Vocabulary vocabulary = builder.Build();
        SpecialToken Special(string name) =>
            vocabulary.Find(name) is var found and >= 0 ? new SpecialToken(name, found) : throw new TokenizerException($"The vocabulary has no '{name}'.");

        return new TokenizerParts(new WordPieceModel(vocabulary, Special("[UNK]").Text, "##", 100))
        {
            Normalizer = new BertNormalizer(cleanText: true, handleChineseChars: true, stripAccents: null, lowercase),
            PreTokenizer = new BertPreTokenizer(),
            PostProcessor = new BertProcessor(Special("[SEP]"), Special("[CLS]")),
            Decoder = new WordPieceDecoder("##", cleanup: true),
            AddedTokens = [.. SpecialTokens.Where(token => vocabulary.Find(token) >= 0).Select(AddedToken.SpecialToken)],
        };
    }
}
