namespace Snug.Tokenizers;

/// <content>What a repository says about its tokenizer besides tokenizer.json.</content>
public sealed partial class Tokenizer
{
    // Classes that put tokens of their own around texts, whatever their configurations say of start and end.
    private static readonly string[] FramedByClass = ["Whisper", "MBart", "MBart50", "NLLB", "Nllb", "M2M100", "SeamlessM4T", "Bert", "Roberta", "XLMRoberta", "T5", "CLIP"];

    private PaddingOptions? _filePadding;

    /// <summary>What the repository says besides tokenizer.json; the defaults unless the tokenizer is from <see cref="FromDirectory"/>.</summary>
    public TokenizerConfiguration Configuration { get; private set; }

    /// <summary>Loads the tokenizer of a folder as Python's <c>AutoTokenizer</c> does, with what its small files say applied: see <see cref="Apply"/>.</summary>
    /// <param name="path">
    /// The folder of a repository. Of what is there, the first counts: tokenizer.json; vocab.json with merges.txt; a SentencePiece model
    /// (tokenizer.model, spiece.model, sentencepiece.bpe.model, another .model or .spm); a .tiktoken file; tekken.json; vocab.txt.
    /// </param>
    /// <exception cref="TokenizerException">There is no tokenizer, a file is damaged, or needs what is not supported.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Tokenizer FromDirectory(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        TokenizerConfiguration configuration = TokenizerConfiguration.FromDirectory(path);
        Tokenizer tokenizer = TokenizerDirectory.Load(path, configuration);
        tokenizer.Apply(configuration);
        return tokenizer;
    }

    /// <summary>
    /// Applies a configuration as Python's fast tokenizers do. Its added tokens and special tokens are added; a start or end token is
    /// put around texts or left out where the file says which; special tokens in a text become ordinary text where it says so; decoded
    /// text is cleaned where it says so, but for BPE models, whose text that would damage. Truncation and padding are switched off, as
    /// Python has them off unless a call asks: see <see cref="EnableTruncation"/> and <see cref="EnablePadding"/>.
    /// </summary>
    /// <param name="configuration">The configuration.</param>
    /// <exception cref="TokenizerException">The configuration does not fit the tokenizer.</exception>
    public void Apply(TokenizerConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration = configuration with { SpecialTokens = Named(Configuration, configuration) };
        _filePadding = Padding ?? _filePadding;
        (Truncation, Padding) = (null, null);
        EncodeSpecialTokens = configuration.SplitSpecialTokens;
        CleanUpTokenizationSpaces = configuration.CleanUpTokenizationSpaces && _model is not BpeModel;
        AddTokens(TokensToAdd(configuration));
        if ((configuration.AddBosToken is not null || configuration.AddEosToken is not null) && !FramedByClass.Contains(PythonClass.Of(configuration)))
        {
            PutAround(
                configuration.AddBosToken == true ? NamedToken("bos_token") : null,
                configuration.AddEosToken == true ? NamedToken("eos_token") : null);
        }
    }

    /// <summary>The number of a special token by the name that Python gives it, or null: <c>bos_token</c>, <c>eos_token</c>, <c>pad_token</c> …</summary>
    /// <param name="name">The name.</param>
    public int? GetSpecialTokenId(string name) => NamedToken(name)?.Id;

    /// <summary>Cuts texts that are too long from now on, at the end that the configuration says.</summary>
    /// <param name="maxLength">Most tokens, added ones included; when null, what the model takes.</param>
    /// <param name="strategy">Which text of a pair is cut.</param>
    /// <param name="stride">By how many tokens the parts that overflow overlap.</param>
    /// <exception cref="TokenizerException">No length is given, and the configuration has none.</exception>
    public void EnableTruncation(int? maxLength = null, TruncationStrategy strategy = TruncationStrategy.LongestFirst, int stride = 0) =>
        Truncation = new TruncationOptions
        {
            MaxLength = maxLength ?? Configuration.ModelMaxLength ?? throw new TokenizerException("The configuration does not say how many tokens the model takes: give a length."),
            Strategy = strategy,
            Stride = stride,
            Direction = Configuration.TruncationSide,
        };

    /// <summary>Fills texts up from now on, at the end and with the token that the configuration says.</summary>
    /// <param name="length">The length to fill up to; when null, that of the longest text of a batch.</param>
    /// <param name="padToMultipleOf">The length is rounded up to a multiple of this.</param>
    /// <exception cref="TokenizerException">The tokenizer has no padding token.</exception>
    public void EnablePadding(int? length = null, int? padToMultipleOf = null)
    {
        (string text, int id) = NamedToken("pad_token")
            ?? (_filePadding is { } known ? (known.PadToken, known.PadId) : throw new TokenizerException("The tokenizer has no padding token."));
        Padding = new PaddingOptions
        {
            Length = length,
            Direction = Configuration.PaddingSide,
            PadToMultipleOf = padToMultipleOf,
            PadId = id,
            PadTypeId = _filePadding?.PadTypeId ?? 0,
            PadToken = text,
        };
    }

    private (string Text, int Id)? NamedToken(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Configuration.SpecialTokens.TryGetValue(name, out string? token) && TokenToId(token) is { } id ? (token, id) : null;
    }

    /// <summary>The special tokens that a configuration names, and those that the tokenizer knew before.</summary>
    private static Dictionary<string, string> Named(TokenizerConfiguration before, TokenizerConfiguration configuration)
    {
        Dictionary<string, string> named = new(before.SpecialTokens, StringComparer.Ordinal);
        foreach ((string name, string token) in configuration.SpecialTokens)
        {
            named[name] = token;
        }

        return named;
    }

    /// <summary>Added tokens that differ from those of the file replace them; special tokens only come where there are none.</summary>
    private List<AddedToken> TokensToAdd(TokenizerConfiguration configuration)
    {
        HashSet<string> known = new(_added.Ids.Keys, StringComparer.Ordinal);
        HashSet<string> named = new(configuration.SpecialTokens.Values, StringComparer.Ordinal);
        List<AddedToken> tokens = [];
        foreach ((int _, AddedToken token) in configuration.AddedTokens.OrderBy(token => token.Key))
        {
            known.Add(token.Content);
            tokens.Add(named.Contains(token.Content) ? token with { Special = true } : token);
        }

        foreach (string token in configuration.SpecialTokens.Values.Concat(configuration.AdditionalSpecialTokens))
        {
            if (known.Add(token))
            {
                tokens.Add(configuration.TokenProperties.GetValueOrDefault(token) ?? AddedToken.SpecialToken(token));
            }
        }

        return tokens;
    }

    /// <summary>
    /// Has the tokens put around texts. A post-processor of the file that gives the same tokens stays: it may know more, such as which
    /// offsets are trimmed.
    /// </summary>
    private void PutAround((string Text, int Id)? start, (string Text, int Id)? end)
    {
        TemplateProcessor wanted = Templates.OfStartAndEnd(start, end);
        if (!Frames(_postProcessor).SequenceEqual(Frames(wanted)))
        {
            SetPostProcessor(wanted);
        }
    }

    /// <summary>The numbers around one text and around two.</summary>
    private static int[] Frames(PostProcessor? processor)
    {
        const int First = -1;
        const int Second = -2;
        static Encoding Text(int id) => Encoding.OfTokens([id], [""], new OffsetRange[1], new OffsetRange[1], new OffsetRange[1], new int?[1], 0);
        return
        [
            .. PostProcessor.Run(processor, Text(First), null, addSpecialTokens: true).Ids,
            .. PostProcessor.Run(processor, Text(First), Text(Second), addSpecialTokens: true).Ids,
        ];
    }
}
