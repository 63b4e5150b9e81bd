namespace Snug.Tokenizers;

/// <content>The Python classes, as <c>transformers</c> converts their files.</content>
internal sealed partial record SentencePieceFamily
{
    /// <summary>Most tokens that a configuration may add to those of the file by a number alone.</summary>
    private const int MaxMoreTokens = 100_000;

    private static int MoreTokens(TokenizerConfiguration configuration, string name, int otherwise)
    {
        int count = configuration.Numbers.GetValueOrDefault(name, otherwise);
        return count <= MaxMoreTokens
            ? count
            : throw new TokenizerException($"The configuration says that '{name}' is {count}; at most {MaxMoreTokens} are supported.");
    }

    /// <summary>The special tokens of a class, which the configuration may name otherwise.</summary>
    private static Dictionary<string, string> Named(TokenizerConfiguration configuration, params (string Name, string Token)[] tokens) =>
        tokens.ToDictionary(token => token.Name, token => configuration.SpecialTokens.GetValueOrDefault(token.Name, token.Token), StringComparer.Ordinal);

    /// <summary>What most converters start from.</summary>
    private static SentencePieceFamily Standard(SentencePieceModel model, TokenizerConfiguration configuration) => new()
    {
        Pieces = PiecesOf(model),
        UnknownId = model.UnknownId,
        Normalizers = [.. CharacterMap(model), new StripNormalizer(left: false, right: true), ReplaceSpaces(Space)],
        PreTokenizer = new MetaspacePreTokenizer(Metaspace(Scheme(configuration))),
        Decoder = new MetaspaceDecoder(Metaspace(Scheme(configuration))),
    };

    private static SentencePieceFamily T5(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        int count = MoreTokens(configuration, "extra_ids", 100);
        string[] extra = [.. Enumerable.Range(0, count).Select(i => $"<extra_id_{count - 1 - i}>")];
        Dictionary<string, string> named = Named(configuration, ("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>"));
        return Standard(model, configuration) with
        {
            Pieces = [.. PiecesOf(model), .. extra.Select(token => (token, 0.0))],
            NamedTokens = named,
            MoreSpecialTokens = extra,
            Frame = idOf => EndFrame(named["eos_token"], idOf, betweenTexts: true),
        };
    }

    private static SentencePieceFamily Pegasus(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        int offset = Math.Max(2, MoreTokens(configuration, "offset", 103));
        Dictionary<string, string> named = Named(configuration, ("pad_token", "<pad>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("mask_token", "<mask_2>"));
        (string, double)[] first =
        [
            (named["pad_token"], 0), (named["eos_token"], 0), ("<mask_1>", 0), (named["mask_token"], 0),
            .. Enumerable.Range(2, offset - 2).Select(i => ($"<unk_{i}>", -100.0)),
        ];
        return Standard(model, configuration) with
        {
            Pieces = [.. first, .. PiecesOf(model).Skip(2)],
            UnknownId = model.UnknownId + offset,
            PreTokenizer = new SequencePreTokenizer([new WhitespaceSplitPreTokenizer(), new MetaspacePreTokenizer(Metaspace(Scheme(configuration)))]),
            NamedTokens = named,
            MoreSpecialTokens = [.. first.Skip(2).Select(piece => piece.Item1)],
            Frame = idOf => EndFrame(named["eos_token"], idOf, betweenTexts: false),
        };
    }

    private static SentencePieceFamily XlmRoberta(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        Dictionary<string, string> named = RobertaTokens(configuration);
        return Standard(model, configuration) with
        {
            Pieces =
            [
                (named["bos_token"], 0), (named["pad_token"], 0), (named["eos_token"], 0), (named["unk_token"], 0),
                .. PiecesOf(model).Skip(3), (named["mask_token"], 0),
            ],
            UnknownId = 3,
            NamedTokens = named,
            Frame = idOf => RobertaFrame(named, idOf),
        };
    }

    private static SentencePieceFamily Camembert(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        Dictionary<string, string> named = RobertaTokens(configuration);
        return Standard(model, configuration) with
        {
            Pieces =
            [
                ("<s>NOTUSED", 0), (named["pad_token"], 0), ("</s>NOTUSED", 0), (named["unk_token"], 0), ("<unk>NOTUSED", -100),
                .. PiecesOf(model).Skip(1), (named["mask_token"], 0),
            ],
            UnknownId = 3,
            NamedTokens = named,
            Frame = idOf => RobertaFrame(named, idOf),
        };
    }

    private static SentencePieceFamily Albert(SentencePieceModel model, TokenizerConfiguration configuration) => Standard(model, configuration) with
    {
        Pieces = PiecesWithoutNumbers(model),
        Normalizers = [.. CleanedText(configuration, lowercase: true), .. CharacterMap(model), ReplaceSpaces(" ")],
        NamedTokens = BertTokens(configuration, "<unk>", "<pad>"),
        Frame = BertFrame,
    };

    private static SentencePieceFamily XlNet(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        Dictionary<string, string> named = Named(
            configuration, ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "<sep>"), ("pad_token", "<pad>"), ("cls_token", "<cls>"), ("mask_token", "<mask>"));
        return Standard(model, configuration) with
        {
            Pieces = PiecesWithoutNumbers(model),
            Normalizers = [.. CleanedText(configuration, lowercase: false), .. CharacterMap(model), ReplaceSpaces(" ")],
            NamedTokens = named,
            Frame = idOf =>
            {
                TemplatePiece Separator(int type) => Templates.Token("<sep>", idOf("<sep>"), type);
                TemplatePiece end = Templates.Token("<cls>", idOf("<cls>"), 2);
                return Templates.Of(
                    [Templates.Text(0, 0), Separator(0), end],
                    [Templates.Text(0, 0), Separator(0), Templates.Text(1, 1), Separator(1), end]);
            },
        };
    }

    private static SentencePieceFamily DebertaV2(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        MetaspacePreTokenizer words = new(Metaspace(Scheme(configuration)));
        Normalizer[] lowercase = configuration.Switches.GetValueOrDefault("do_lower_case") ? [new LowercaseNormalizer()] : [];
        return Standard(model, configuration) with
        {
            Normalizers = [.. lowercase, new StripNormalizer(left: true, right: true), .. CharacterMap(model), ReplaceSpaces(" ")],
            PreTokenizer = configuration.Switches.GetValueOrDefault("split_by_punct")
                ? new SequencePreTokenizer([new PunctuationPreTokenizer(SplitBehavior.Isolated), words])
                : words,
            NamedTokens = BertTokens(configuration, "[UNK]", "[PAD]"),
            Frame = BertFrame,
        };
    }

    private static SentencePieceFamily RemBert(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        List<Normalizer> cleaned = CleanedText(configuration, lowercase: true);
        return Standard(model, configuration) with
        {
            Normalizers = [.. cleaned[..2], ReplaceSpaces(" "), .. cleaned[2..], .. CharacterMap(model)],
            NamedTokens = BertTokens(configuration, "<unk>", "<pad>"),
            Frame = BertFrame,
        };
    }

    private static SentencePieceFamily BigBird(SentencePieceModel model, TokenizerConfiguration configuration) => Standard(model, configuration) with
    {
        NamedTokens = BertTokens(configuration, "<unk>", "<pad>"),
        Frame = BertFrame,
    };

    private static SentencePieceFamily Llama(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        bool prefix = configuration.Switches.GetValueOrDefault("add_prefix_space", true);
        bool legacy = configuration.Switches.GetValueOrDefault("legacy", true);
        return new SentencePieceFamily
        {
            Pieces = PiecesOf(model),
            UnknownId = 0,
            ByteFallback = true,
            Normalizers = !legacy ? [] : prefix ? [new PrependNormalizer(Space), Replace(" ", Space)] : [Replace(" ", Space)],
            PreTokenizer = legacy ? null : new MetaspacePreTokenizer(Metaspace(Scheme(configuration), split: false)),
            Decoder = BytesDecoder(prefix),
            NamedTokens = Named(configuration, ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>")),
            Frame = StartFrame(configuration, "<s>", "</s>"),
        };
    }

    private static SentencePieceFamily Gemma(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        Dictionary<string, string> named = Named(configuration, ("pad_token", "<pad>"), ("eos_token", "<eos>"), ("bos_token", "<bos>"), ("unk_token", "<unk>"));
        List<(string Text, double Score)> pieces = [(named["pad_token"], 0), (named["eos_token"], 0), (named["bos_token"], 0), .. PiecesOf(model).Skip(3)];

        // The first of these models had no piece for a tab.
        if (!pieces.Exists(piece => piece.Text == "\t") && pieces.FindIndex(piece => piece.Text == "<0x09>") is var tab and >= 0)
        {
            pieces[tab] = ("\t", 0);
        }

        return new SentencePieceFamily
        {
            Pieces = pieces,
            UnknownId = 3,
            ByteFallback = true,
            Normalizers = [Replace(" ", Space)],
            PreTokenizer = new SplitPreTokenizer(new LiteralMatcher(" "), SplitBehavior.MergedWithPrevious, invert: false),
            Decoder = BytesDecoder(strip: false),
            NamedTokens = named,
            Frame = StartFrame(configuration, "<bos>", "<eos>"),
        };
    }

    /// <summary>Pieces such as "5," are made unlikely, so that numbers and commas stay apart.</summary>
    private static List<(string Text, double Score)> PiecesWithoutNumbers(SentencePieceModel model) =>
        [.. PiecesOf(model).Select(piece => EndsWithNumberAndComma(piece.Text) ? (piece.Text, piece.Score - 100) : piece)];

    private static bool EndsWithNumberAndComma(string piece) => piece.Length >= 2 && piece[^1] == ',' && char.IsDigit(piece[^2]);

    /// <summary>Quotes made one, accents and case taken away as the configuration says.</summary>
    private static List<Normalizer> CleanedText(TokenizerConfiguration configuration, bool lowercase)
    {
        List<Normalizer> normalizers = [Replace("``", "\""), Replace("''", "\"")];
        if (!configuration.Switches.GetValueOrDefault("keep_accents"))
        {
            normalizers.AddRange([new UnicodeNormalizer(compose: false, compatible: true), new StripAccentsNormalizer()]);
        }

        if (configuration.Switches.GetValueOrDefault("do_lower_case", lowercase))
        {
            normalizers.Add(new LowercaseNormalizer());
        }

        return normalizers;
    }

    private static Dictionary<string, string> RobertaTokens(TokenizerConfiguration configuration) => Named(
        configuration, ("bos_token", "<s>"), ("eos_token", "</s>"), ("sep_token", "</s>"), ("cls_token", "<s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>"), ("mask_token", "<mask>"));

    private static Dictionary<string, string> BertTokens(TokenizerConfiguration configuration, string unknown, string padding) => Named(
        configuration, ("bos_token", "[CLS]"), ("eos_token", "[SEP]"), ("unk_token", unknown), ("sep_token", "[SEP]"), ("pad_token", padding), ("cls_token", "[CLS]"), ("mask_token", "[MASK]"));

    private static TemplateProcessor RobertaFrame(Dictionary<string, string> named, Func<string, int> idOf)
    {
        TemplatePiece start = Templates.Token(named["cls_token"], idOf(named["cls_token"]), 0);
        TemplatePiece end = Templates.Token(named["sep_token"], idOf(named["sep_token"]), 0);
        return Templates.Of([start, Templates.Text(0, 0), end], [start, Templates.Text(0, 0), end, end, Templates.Text(1, 0), end]);
    }

    private static TemplateProcessor BertFrame(Func<string, int> idOf)
    {
        TemplatePiece start = Templates.Token("[CLS]", idOf("[CLS]"), 0);
        TemplatePiece Separator(int type) => Templates.Token("[SEP]", idOf("[SEP]"), type);
        return Templates.Of(
            [start, Templates.Text(0, 0), Separator(0)],
            [start, Templates.Text(0, 0), Separator(0), Templates.Text(1, 1), Separator(1)]);
    }

    private static TemplateProcessor EndFrame(string token, Func<string, int> idOf, bool betweenTexts)
    {
        TemplatePiece end = Templates.Token(token, idOf(token), 0);
        return Templates.Of(
            [Templates.Text(0, 0), end],
            betweenTexts ? [Templates.Text(0, 0), end, Templates.Text(1, 0), end] : [Templates.Text(0, 0), Templates.Text(1, 0), end]);
    }

    private static Func<Func<string, int>, PostProcessor> StartFrame(TokenizerConfiguration configuration, string start, string end) => idOf =>
    {
        (string, int) Token(string name, string otherwise) =>
            configuration.SpecialTokens.GetValueOrDefault(name, otherwise) is var token ? (token, idOf(token)) : default;
        return Templates.OfStartAndEnd(
            configuration.AddBosToken ?? true ? Token("bos_token", start) : null,
            configuration.AddEosToken ?? false ? Token("eos_token", end) : null);
    };
}
