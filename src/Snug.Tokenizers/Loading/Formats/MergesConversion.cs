namespace Snug.Tokenizers;

/// <summary>vocab.json and merges.txt with the normalizer, pre-tokenizer and frame that the Python class of the tokenizer has.</summary>
internal static class MergesConversion
{
    private const string Qwen2Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string ClipPattern = @"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    /// <summary>Reads the files; a class that is not known, or none, is taken for GPT-2's.</summary>
    public static TokenizerParts Read(ReadOnlySpan<byte> vocabularyJson, ReadOnlySpan<byte> mergesText, TokenizerConfiguration configuration)
    {
        bool prefix = configuration.Switches.GetValueOrDefault("add_prefix_space");
        switch (PythonClass.Of(configuration))
        {
            case "Qwen2":
                return MergesFormat.Read(vocabularyJson, mergesText) with
                {
                    Normalizer = new UnicodeNormalizer(compose: true, compatible: false),
                    PreTokenizer = new SequencePreTokenizer(
                    [
                        new SplitPreTokenizer(new Pattern(Qwen2Pattern), SplitBehavior.Isolated, invert: false),
                        new ByteLevelPreTokenizer(prefix, trimOffsets: true, useRegex: false),
                    ]),
                };
            case "Roberta" or "Bart" or "Longformer" or "LED" or "MVP":
                TokenizerParts roberta = MergesFormat.Read(vocabularyJson, mergesText);
                return roberta with
                {
                    PreTokenizer = new ByteLevelPreTokenizer(prefix, trimOffsets: true, useRegex: true),
                    PostProcessor = new RobertaProcessor(
                        Special(roberta.Model, configuration, "sep_token", "</s>"),
                        Special(roberta.Model, configuration, "cls_token", "<s>"),
                        trimOffsets: true,
                        prefix),
                    AddedTokens = [.. roberta.AddedTokens, .. RobertaTokens(roberta.Model)],
                };
            case "CLIP":
                return Clip(vocabularyJson, mergesText, configuration);
            default:
                return MergesFormat.Read(vocabularyJson, mergesText) with { PreTokenizer = new ByteLevelPreTokenizer(prefix, trimOffsets: true, useRegex: true) };
        }
    }

    private static TokenizerParts Clip(ReadOnlySpan<byte> vocabularyJson, ReadOnlySpan<byte> mergesText, TokenizerConfiguration configuration)
    {
        string unknown = configuration.SpecialTokens.GetValueOrDefault("unk_token", "<|endoftext|>");
        BpeModel model = MergesFormat.ReadModel(vocabularyJson, mergesText, new BpeOptions { UnknownToken = unknown, EndOfWordSuffix = "</w>" });
        SpecialToken start = Special(model, configuration, "bos_token", "<|startoftext|>");
        SpecialToken end = Special(model, configuration, "eos_token", "<|endoftext|>");
        return new TokenizerParts(model)
        {
            Normalizer = new SequenceNormalizer(
                [new UnicodeNormalizer(compose: true, compatible: false), new ReplaceNormalizer(new Pattern(@"\s+"), " "), new LowercaseNormalizer()]),
            PreTokenizer = new SequencePreTokenizer(
            [
                new SplitPreTokenizer(new Pattern(ClipPattern), SplitBehavior.Removed, invert: true),
                new ByteLevelPreTokenizer(addPrefixSpace: false, trimOffsets: true, useRegex: true),
            ]),
            PostProcessor = new RobertaProcessor(end, start, trimOffsets: false, addPrefixSpace: false),
            Decoder = new ByteLevelDecoder(addPrefixSpace: true, trimOffsets: true, useRegex: true),
            AddedTokens = [AddedToken.SpecialToken(start.Text), AddedToken.SpecialToken(end.Text)],
        };
    }

    private static IEnumerable<AddedToken> RobertaTokens(TokenModel model)
    {
        foreach (string token in (string[])["<s>", "<pad>", "</s>", "<unk>"])
        {
            if (model.Vocabulary.Find(token) >= 0)
            {
                yield return AddedToken.SpecialToken(token);
            }
        }

        if (model.Vocabulary.Find("<mask>") >= 0)
        {
            yield return AddedToken.SpecialToken("<mask>") with { LeftStrip = true };
        }
    }

    private static SpecialToken Special(TokenModel model, TokenizerConfiguration configuration, string name, string otherwise)
    {
        string token = configuration.SpecialTokens.GetValueOrDefault(name, otherwise);
        return model.Vocabulary.Find(token) is var id and >= 0 ? new SpecialToken(token, id) : throw new TokenizerException($"The vocabulary has no '{token}'.");
    }
}
