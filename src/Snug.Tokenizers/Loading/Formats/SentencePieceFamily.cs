namespace Snug.Tokenizers;

/// <summary>How a SentencePiece model is used: by a Python class, or by itself.</summary>
internal sealed partial record SentencePieceFamily
{
    private const string Space = SentencePieceFormat.Space;

    /// <summary>The vocabulary in the order of its numbers.</summary>
    public required IReadOnlyList<(string Text, double Score)> Pieces { get; init; }

    /// <summary>The number of the unknown piece.</summary>
    public required int UnknownId { get; init; }

    public bool ByteFallback { get; init; }

    public IReadOnlyList<Normalizer> Normalizers { get; init; } = [];

    public PreTokenizer? PreTokenizer { get; init; }

    public required Decoder Decoder { get; init; }

    /// <summary>Makes what is put around texts, given the numbers of tokens; null for nothing.</summary>
    public Func<Func<string, int>, PostProcessor>? Frame { get; init; }

    /// <summary>The special tokens by their names.</summary>
    public IReadOnlyDictionary<string, string> NamedTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>Special tokens without a name.</summary>
    public IReadOnlyList<string> MoreSpecialTokens { get; init; } = [];

    public static SentencePieceFamily Of(string? name, SentencePieceModel model, TokenizerConfiguration configuration) => name switch
    {
        "T5" or "MT5" => T5(model, configuration),
        "XLMRoberta" => XlmRoberta(model, configuration),
        "Camembert" => Camembert(model, configuration),
        "Albert" => Albert(model, configuration),
        "XLNet" => XlNet(model, configuration),
        "DebertaV2" => DebertaV2(model, configuration),
        "RemBert" => RemBert(model, configuration),
        "BigBird" => BigBird(model, configuration),
        "Pegasus" => Pegasus(model, configuration),
        "Llama" or "CodeLlama" => Llama(model, configuration),
        "Gemma" => Gemma(model, configuration),
        _ => Plain(model),
    };

    private static List<(string Text, double Score)> PiecesOf(SentencePieceModel model) => [.. model.Pieces.Select(piece => (piece.Text, (double)piece.Score))];

    private static Normalizer[] CharacterMap(SentencePieceModel model)
    {
        try
        {
            return model.CharacterMap.Length == 0 ? [] : [new PrecompiledNormalizer(model.CharacterMap)];
        }
        catch (FormatException exception)
        {
            throw new TokenizerException($"The character map {exception.Message}.", null, exception);
        }
    }

    private static ReplaceNormalizer Replace(string from, string to) => new(new LiteralMatcher(from), to);

    private static ReplaceNormalizer ReplaceSpaces(string to) => new(new Pattern(" {2,}"), to);

    private static MetaspaceOptions Metaspace(PrependScheme scheme, bool split = true) => new(Space[0], scheme, split);

    /// <summary>Where Python's converters put a space first: before every text, or only at the start of all.</summary>
    private static PrependScheme Scheme(TokenizerConfiguration configuration) =>
        !configuration.Switches.GetValueOrDefault("add_prefix_space", true) ? PrependScheme.Never
        : configuration.Switches.GetValueOrDefault("legacy", true) ? PrependScheme.Always
        : PrependScheme.First;

    private static SequenceDecoder BytesDecoder(bool strip)
    {
        List<Decoder> decoders = [new ReplaceDecoder(new LiteralMatcher(Space), " "), new ByteFallbackDecoder(), new FuseDecoder()];
        if (strip)
        {
            decoders.Add(new StripDecoder(' ', 1, 0));
        }

        return new SequenceDecoder(decoders);
    }

    /// <summary>The model as it is.</summary>
    private static SentencePieceFamily Plain(SentencePieceModel model)
    {
        List<Normalizer> normalizers = [.. CharacterMap(model)];
        PreTokenizer? preTokenizer = null;
        if (model.ModelType == SentencePieceModel.Unigram)
        {
            if (model.RemoveExtraWhitespaces)
            {
                normalizers.AddRange([new StripNormalizer(left: false, right: true), ReplaceSpaces(Space)]);
            }
            else if (model.AddDummyPrefix)
            {
                // One space more, even before a space.
                normalizers.Add(new PrependNormalizer(Space));
            }

            bool isSplit = !model.Pieces.Any(piece => piece.Type == SentencePiecePieceType.Normal && HasInnerSpace(piece.Text));
            preTokenizer = new MetaspacePreTokenizer(Metaspace(
                model is { AddDummyPrefix: true, RemoveExtraWhitespaces: true } ? PrependScheme.Always : PrependScheme.Never, isSplit));
        }
        else
        {
            if (model.RemoveExtraWhitespaces)
            {
                normalizers.AddRange([new StripNormalizer(left: true, right: true), ReplaceSpaces(" ")]);
            }

            if (model.AddDummyPrefix)
            {
                normalizers.Add(new PrependNormalizer(Space));
            }

            normalizers.Add(Replace(" ", Space));
        }

        return new SentencePieceFamily
        {
            Pieces = PiecesOf(model),
            UnknownId = model.UnknownId,
            ByteFallback = model.ByteFallback,
            Normalizers = normalizers,
            PreTokenizer = preTokenizer,
            Decoder = model.ByteFallback || model.ModelType == SentencePieceModel.Bpe
                ? BytesDecoder(model.AddDummyPrefix)
                : new MetaspaceDecoder(Metaspace(model.AddDummyPrefix ? PrependScheme.Always : PrependScheme.Never)),
            NamedTokens = NamedPieces(model),
        };
    }

    private static bool HasInnerSpace(string piece)
    {
        int start = piece.AsSpan().IndexOfAnyExcept(Space[0]);
        return start >= 0 && piece.AsSpan(start).Contains(Space[0]);
    }

    private static Dictionary<string, string> NamedPieces(SentencePieceModel model)
    {
        Dictionary<string, string> named = new(StringComparer.Ordinal);
        foreach ((string name, int id) in ((string, int)[])[("bos_token", model.StartId), ("eos_token", model.EndId), ("unk_token", model.UnknownId), ("pad_token", model.PaddingId)])
        {
            if ((uint)id < (uint)model.Pieces.Count && model.Pieces[id].Type is SentencePiecePieceType.Control or SentencePiecePieceType.Unknown)
            {
                named[name] = model.Pieces[id].Text;
            }
        }

        return named;
    }
}
