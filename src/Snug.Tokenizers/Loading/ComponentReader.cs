namespace Snug.Tokenizers;

/// <summary>
/// Reads the components of a tokenizer file. A component is told by its "type"; where the reference also accepts objects
/// without one, by its fields, tried in the reference's order.
/// </summary>
internal static class ComponentReader
{
    public static Normalizer Normalizer(JsonNode node)
    {
        switch (node.Type)
        {
            case "Bert":
                return Bert(node);
            case "Strip":
                return Strip(node);
            case "StripAccents":
                return new StripAccentsNormalizer();
            case "NFC":
                return new UnicodeNormalizer(compose: true, compatible: false);
            case "NFD":
                return new UnicodeNormalizer(compose: false, compatible: false);
            case "NFKC":
                return new UnicodeNormalizer(compose: true, compatible: true);
            case "NFKD":
                return new UnicodeNormalizer(compose: false, compatible: true);
            case "Sequence":
                return new SequenceNormalizer(All(node.Member("normalizers"), Normalizer));
            case "Lowercase":
                return new LowercaseNormalizer();
            case "Nmt":
                return new NmtNormalizer();
            case "Precompiled":
                return Precompiled(node);
            case "Replace":
                return new ReplaceNormalizer(PatternJson.Read(node.Member("pattern")), node.Member("content").AsString());
            case "Prepend":
                return new PrependNormalizer(node.Member("prepend").AsString());
            case "ByteLevel":
                return new ByteLevelNormalizer();
        }

        return node switch
        {
            _ when node.Has("clean_text") && node.Has("handle_chinese_chars") && node.Has("lowercase") => Bert(node),
            _ when node.Has("strip_left") && node.Has("strip_right") => Strip(node),
            _ when node.Has("normalizers") => new SequenceNormalizer(All(node.Member("normalizers"), Normalizer)),
            _ when node.Has("precompiled_charsmap") => Precompiled(node),
            _ when node.Has("pattern") && node.Has("content") => new ReplaceNormalizer(PatternJson.Read(node.Member("pattern")), node.Member("content").AsString()),
            _ when node.Has("prepend") => new PrependNormalizer(node.Member("prepend").AsString()),
            _ => throw Unknown(node, "normalizer"),
        };
    }

    public static PreTokenizer PreTokenizer(JsonNode node)
    {
        switch (node.Type)
        {
            case "BertPreTokenizer":
                return new BertPreTokenizer();
            case "ByteLevel":
                (bool addPrefixSpace, bool trimOffsets, bool useRegex) = ByteLevelJson.Read(node);
                return new ByteLevelPreTokenizer(addPrefixSpace, trimOffsets, useRegex);
            case "CharDelimiterSplit":
                return new CharDelimiterSplitPreTokenizer(node.Member("delimiter").AsCharacter());
            case "Metaspace":
                return new MetaspacePreTokenizer(MetaspaceOptions.Read(node));
            case "Whitespace":
                return new WhitespacePreTokenizer();
            case "Sequence":
                return new SequencePreTokenizer(All(node.Member("pretokenizers"), PreTokenizer));
            case "Split":
                return new SplitPreTokenizer(PatternJson.Read(node.Member("pattern")), Behavior(node.Member("behavior")), node.Member("invert").AsBoolean());
            case "Punctuation":
                return new PunctuationPreTokenizer(node.Has("behavior") ? Behavior(node.Member("behavior")) : SplitBehavior.Isolated);
            case "WhitespaceSplit":
                return new WhitespaceSplitPreTokenizer();
            case "Digits":
                return new DigitsPreTokenizer(node.Member("individual_digits").AsBoolean());
            case "UnicodeScripts":
                return new UnicodeScriptsPreTokenizer();
            case "FixedLength":
                int length = node.Has("length") ? node.Member("length").AsCount() : 5;
                return length > 0 ? new FixedLengthPreTokenizer(length) : throw node.Member("length").Error("must be more than 0");
            default:
                throw Unknown(node, "pre-tokenizer");
        }
    }

    public static PostProcessor PostProcessor(JsonNode node)
    {
        // The reference does not look at the type of the first two.
        if (node.Has("sep") && node.Has("cls"))
        {
            SpecialToken separator = Token(node.Member("sep"));
            SpecialToken start = Token(node.Member("cls"));
            return node.Has("trim_offsets") && node.Has("add_prefix_space")
                ? new RobertaProcessor(separator, start, node.Member("trim_offsets").AsBoolean(), node.Member("add_prefix_space").AsBoolean())
                : new BertProcessor(separator, start);
        }

        if (node.Type == "ByteLevel")
        {
            (bool addPrefixSpace, bool trimOffsets, bool useRegex) = ByteLevelJson.Read(node);
            return new ByteLevelProcessor(addPrefixSpace, trimOffsets, useRegex);
        }

        if (node.Has("single") && node.Has("pair") && node.Has("special_tokens"))
        {
            return Template(node);
        }

        return node.Type == "Sequence"
            ? new SequenceProcessor(All(node.Member("processors"), PostProcessor))
            : throw Unknown(node, "post-processor");
    }

    public static Decoder Decoder(JsonNode node)
    {
        switch (node.Type)
        {
            case "BPEDecoder":
                return new BpeDecoder(node.Member("suffix").AsString());
            case "ByteLevel":
                (bool addPrefixSpace, bool trimOffsets, bool useRegex) = ByteLevelJson.Read(node);
                return new ByteLevelDecoder(addPrefixSpace, trimOffsets, useRegex);
            case "WordPiece":
                return new WordPieceDecoder(node.Member("prefix").AsString(), node.Member("cleanup").AsBoolean());
            case "Metaspace":
                return new MetaspaceDecoder(MetaspaceOptions.Read(node));
            case "CTC":
                return Ctc(node);
            case "Sequence":
                return new SequenceDecoder(All(node.Member("decoders"), Decoder));
            case "Replace":
                return new ReplaceDecoder(PatternJson.Read(node.Member("pattern")), node.Member("content").AsString());
            case "Fuse":
                return new FuseDecoder();
            case "Strip":
                return new StripDecoder(node.Member("content").AsCharacter(), node.Member("start").AsCount(), node.Member("stop").AsCount());
            case "ByteFallback":
                return new ByteFallbackDecoder();
        }

        return node switch
        {
            _ when node.Has("suffix") => new BpeDecoder(node.Member("suffix").AsString()),
            _ when node.Has("prefix") && node.Has("cleanup") => new WordPieceDecoder(node.Member("prefix").AsString(), node.Member("cleanup").AsBoolean()),
            _ when node.Has("pad_token") => Ctc(node),
            _ when node.Has("pattern") && node.Has("content") => new ReplaceDecoder(PatternJson.Read(node.Member("pattern")), node.Member("content").AsString()),
            _ when node.Has("content") => new StripDecoder(node.Member("content").AsCharacter(), node.Member("start").AsCount(), node.Member("stop").AsCount()),
            _ => throw Unknown(node, "decoder"),
        };
    }

    private static TokenizerException Unknown(JsonNode node, string kind) =>
        node.Type is { } type ? node.Error($"'{type}' is not a {kind} that is known") : node.Error($"is not a {kind} that is known");

    private static List<T> All<T>(JsonNode array, Func<JsonNode, T> read) => [.. array.Items().Select(read)];

    private static BertNormalizer Bert(JsonNode node) => new(
        node.Member("clean_text").AsBoolean(),
        node.Member("handle_chinese_chars").AsBoolean(),
        node.Optional("strip_accents")?.AsBoolean(),
        node.Member("lowercase").AsBoolean());

    private static StripNormalizer Strip(JsonNode node) => new(node.Member("strip_left").AsBoolean(), node.Member("strip_right").AsBoolean());

    private static PrecompiledNormalizer Precompiled(JsonNode node)
    {
        JsonNode map = node.Member("precompiled_charsmap");
        try
        {
            return new PrecompiledNormalizer(Convert.FromBase64String(map.AsString()));
        }
        catch (FormatException exception)
        {
            throw new TokenizerException(exception.Message, map.Path, exception);
        }
    }

    private static CtcDecoder Ctc(JsonNode node) =>
        new(node.Member("pad_token").AsString(), node.Member("word_delimiter_token").AsString(), node.Member("cleanup").AsBoolean());

    private static SplitBehavior Behavior(JsonNode node) => node.AsString() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw node.Error("is not a behaviour that is known"),
    };

    private static SpecialToken Token(JsonNode node)
    {
        JsonNode[] items = [.. node.Items()];
        return items.Length == 2 ? new SpecialToken(items[0].AsString(), items[1].AsCount()) : throw node.Error("must be a text and a number");
    }

    private static TemplateProcessor Template(JsonNode node)
    {
        Dictionary<string, TemplateToken> tokens = new(StringComparer.Ordinal);
        foreach ((string name, JsonNode value) in node.Member("special_tokens").Members())
        {
            int[] ids = [.. value.Member("ids").Items().Select(item => item.AsCount())];
            string[] texts = [.. value.Member("tokens").Items().Select(item => item.AsString())];
            if (ids.Length != texts.Length)
            {
                throw value.Error("must have as many ids as tokens");
            }

            tokens[name] = new TemplateToken(value.Member("id").AsString(), ids, texts);
        }

        return new TemplateProcessor(Pieces(node.Member("single"), tokens), Pieces(node.Member("pair"), tokens), tokens);
    }

    private static List<TemplatePiece> Pieces(JsonNode array, Dictionary<string, TemplateToken> tokens)
    {
        List<TemplatePiece> pieces = [];
        foreach (JsonNode item in array.Items())
        {
            if (item.Has("Sequence"))
            {
                JsonNode sequence = item.Member("Sequence");
                int number = sequence.Member("id").AsString() switch { "A" => 0, "B" => 1, _ => throw sequence.Error("must have the id 'A' or 'B'") };
                pieces.Add(new TemplatePiece(number, null, sequence.Member("type_id").AsCount()));
                continue;
            }

            JsonNode special = item.Member("SpecialToken");
            string name = special.Member("id").AsString();

            // The reference finds out when it encodes.
            TemplateToken token = tokens.GetValueOrDefault(name) ?? throw special.Error($"names the token '{name}', which is not among the special tokens");
            pieces.Add(new TemplatePiece(-1, token with { Name = name }, special.Member("type_id").AsCount()));
        }

        return pieces;
    }
}
