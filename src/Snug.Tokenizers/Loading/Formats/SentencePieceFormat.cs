namespace Snug.Tokenizers;

/// <summary>
/// SentencePiece models. A Python class may say that the vocabulary is moved, that scores change, and what is put around texts;
/// without one, the settings of the file count.
/// </summary>
internal static class SentencePieceFormat
{
    /// <summary>SentencePiece's own character for a space.</summary>
    public const string Space = "▁";

    // Their vocabularies have tokens that stand neither in the file nor in the configuration.
    private static readonly string[] UnsupportedFamilies =
        ["MBart", "MBart50", "NLLB", "Nllb", "XGLM", "SeamlessM4T", "Barthez", "M2M100", "Marian", "PLBart", "LayoutXLM", "XLMProphetNet"];

    public static TokenizerParts Read(ReadOnlySpan<byte> file, TokenizerConfiguration configuration)
    {
        SentencePieceModel model = SentencePieceModel.Read(file);
        string? name = PythonClass.Of(configuration);
        if (UnsupportedFamilies.Contains(name))
        {
            throw new TokenizerException($"A SentencePiece model of a {configuration.TokenizerClass} cannot be used alone: its tokenizer.json is needed.");
        }

        if (model.ModelType is not (SentencePieceModel.Unigram or SentencePieceModel.Bpe))
        {
            throw new TokenizerException($"The model is of the kind {model.ModelType}; only Unigram (1) and BPE (2) are supported.");
        }

        if (model.WhitespaceAsSuffix || !model.EscapeWhitespaces)
        {
            throw new TokenizerException("Models that keep spaces as they are, or at the ends of words, are not supported.");
        }

        SentencePieceFamily family = SentencePieceFamily.Of(name, model, configuration);
        TokenModel tokens = Model(model, family, out Vocabulary vocabulary);
        return new TokenizerParts(tokens)
        {
            Normalizer = Normalizer(family.Normalizers),
            PreTokenizer = family.PreTokenizer,
            Decoder = family.Decoder,
            PostProcessor = family.Frame?.Invoke(token => vocabulary.Find(token) is var id and >= 0 ? id : throw new TokenizerException($"The vocabulary has no '{token}'.")),
            AddedTokens = [.. AddedTokens(model, family, vocabulary)],
            NamedTokens = family.NamedTokens,
        };
    }

    private static TokenModel Model(SentencePieceModel model, SentencePieceFamily family, out Vocabulary vocabulary)
    {
        VocabularyBuilder builder = new();
        for (int id = 0; id < family.Pieces.Count; id++)
        {
            builder.Add(System.Text.Encoding.UTF8.GetBytes(family.Pieces[id].Text), id);
        }

        vocabulary = builder.Build();
        bool hasUnknown = (uint)family.UnknownId < (uint)family.Pieces.Count;
        if (model.ModelType == SentencePieceModel.Unigram)
        {
            return hasUnknown
                ? new UnigramModel(vocabulary, [.. family.Pieces], family.UnknownId, family.ByteFallback)
                : throw new TokenizerException($"The unknown piece has the number {family.UnknownId}, but there are {family.Pieces.Count} pieces.");
        }

        return new BpeModel(vocabulary, SentencePieceMerges.Build(vocabulary, family.Pieces), new BpeOptions
        {
            UnknownToken = hasUnknown ? family.Pieces[family.UnknownId].Text : null,
            FuseUnknown = true,
            ByteFallback = family.ByteFallback,
        });
    }

    private static Normalizer? Normalizer(IReadOnlyList<Normalizer> normalizers) => normalizers.Count switch
    {
        0 => null,
        1 => normalizers[0],
        _ => new SequenceNormalizer(normalizers),
    };

    /// <summary>Control pieces and those that users defined are found in the text first; so are the special tokens of the class.</summary>
    private static IEnumerable<AddedToken> AddedTokens(SentencePieceModel model, SentencePieceFamily family, Vocabulary vocabulary)
    {
        foreach ((string text, float _, SentencePiecePieceType type) in model.Pieces)
        {
            if (type is SentencePiecePieceType.Control or SentencePiecePieceType.UserDefined && vocabulary.Find(text) >= 0)
            {
                yield return new AddedToken(text)
                {
                    Normalized = false,
                    Special = type == SentencePiecePieceType.Control || text is "<start_of_turn>" or "<end_of_turn>",
                };
            }
        }

        foreach ((string name, string token) in family.NamedTokens)
        {
            if (vocabulary.Find(token) >= 0)
            {
                yield return AddedToken.SpecialToken(token) with { LeftStrip = name == "mask_token" };
            }
        }

        foreach (string token in family.MoreSpecialTokens)
        {
            yield return AddedToken.SpecialToken(token);
        }
    }
}
