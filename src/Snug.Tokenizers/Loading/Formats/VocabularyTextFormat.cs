namespace Snug.Tokenizers;

/// <summary>BERT's vocab.txt: one token a line, numbered from 0.</summary>
internal static class VocabularyTextFormat
{
    private static readonly (string Name, string Token)[] SpecialTokens =
        [("pad_token", "[PAD]"), ("unk_token", "[UNK]"), ("cls_token", "[CLS]"), ("sep_token", "[SEP]"), ("mask_token", "[MASK]")];

    public static TokenizerParts Read(ReadOnlySpan<byte> text, TokenizerConfiguration configuration)
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
        Dictionary<string, string> named = SpecialTokens.ToDictionary(
            token => token.Name, token => configuration.SpecialTokens.GetValueOrDefault(token.Name, token.Token), StringComparer.Ordinal);
        SpecialToken Special(string name) => vocabulary.Find(named[name]) is var found and >= 0
            ? new SpecialToken(named[name], found)
            : throw new TokenizerException($"The vocabulary has no '{named[name]}'.");

        // Python's switch has no third state in the file: without it, accents go when case does.
        bool? stripAccents = configuration.Switches.TryGetValue("strip_accents", out bool strip) ? strip : null;
        return new TokenizerParts(new WordPieceModel(vocabulary, Special("unk_token").Text, "##", 100))
        {
            Normalizer = new BertNormalizer(
                cleanText: true,
                handleChineseChars: configuration.Switches.GetValueOrDefault("tokenize_chinese_chars", true),
                stripAccents,
                lowercase: configuration.Switches.GetValueOrDefault("do_lower_case", true)),
            PreTokenizer = new BertPreTokenizer(),
            PostProcessor = new BertProcessor(Special("sep_token"), Special("cls_token")),
            Decoder = new WordPieceDecoder("##", cleanup: true),
            AddedTokens = [.. named.Values.Where(token => vocabulary.Find(token) >= 0).Select(AddedToken.SpecialToken)],
        };
    }
}
