namespace Snug.Tokenizers;

/// <summary>What a repository says about its tokenizer besides tokenizer.json: tokenizer_config.json and the small files beside it.</summary>
public sealed partial record TokenizerConfiguration
{
    /// <summary>Name of the template that is used when none is asked for.</summary>
    public const string DefaultTemplate = "default";

    /// <summary>Name of the template that is used when none is asked for and there are tools.</summary>
    public const string ToolTemplate = "tool_use";

    /// <summary>Largest of these files, in bytes.</summary>
    public const int MaxFileBytes = 64 * 1024 * 1024;

    private static readonly (string From, string To)[] CleanUps =
        [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")];

    /// <summary>The Python class of the tokenizer, or null.</summary>
    public string? TokenizerClass { get; init; }

    /// <summary>Most tokens that the model takes; null when it does not say.</summary>
    public int? ModelMaxLength { get; init; }

    /// <summary>The end at which batches are padded.</summary>
    public PaddingDirection PaddingSide { get; init; }

    /// <summary>The end at which texts are cut.</summary>
    public TruncationDirection TruncationSide { get; init; }

    /// <summary>Whether decoded text is cleaned of the spaces before punctuation: see <see cref="CleanUp"/>.</summary>
    public bool CleanUpTokenizationSpaces { get; init; }

    /// <summary>Whether a start token is added; null when the file does not say.</summary>
    public bool? AddBosToken { get; init; }

    /// <summary>Whether an end token is added; null when the file does not say.</summary>
    public bool? AddEosToken { get; init; }

    /// <summary>Whether special tokens in a text are ordinary text.</summary>
    public bool SplitSpecialTokens { get; init; }

    /// <summary>Special tokens by the names that Python gives them: <c>bos_token</c>, <c>eos_token</c>, <c>pad_token</c> …</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>Special tokens without a name.</summary>
    public IReadOnlyList<string> AdditionalSpecialTokens { get; init; } = [];

    /// <summary>Added tokens with their numbers, from added_tokens_decoder and added_tokens.json.</summary>
    public IReadOnlyDictionary<int, AddedToken> AddedTokens { get; init; } = new Dictionary<int, AddedToken>();

    /// <summary>Chat templates by name; the one that is used unless asked for otherwise is <see cref="DefaultTemplate"/>.</summary>
    public IReadOnlyDictionary<string, string> ChatTemplates { get; init; } = new Dictionary<string, string>();

    /// <summary>Special tokens that are written with their properties, by their text.</summary>
    internal IReadOnlyDictionary<string, AddedToken> TokenProperties { get; init; } = new Dictionary<string, AddedToken>();

    /// <summary>Whether the file itself lists the added tokens; if so, the older small files do not count.</summary>
    internal bool ListsAddedTokens { get; init; }

    /// <summary>Switches that only conversions of other formats look at: <c>do_lower_case</c>, <c>legacy</c> …</summary>
    internal IReadOnlyDictionary<string, bool> Switches { get; init; } = new Dictionary<string, bool>();

    /// <summary>Numbers that only conversions of other formats look at: <c>extra_ids</c>, <c>offset</c>.</summary>
    internal IReadOnlyDictionary<string, int> Numbers { get; init; } = new Dictionary<string, int>();

    /// <summary>Reads the files of a folder, as far as they are there.</summary>
    /// <param name="folder">The folder of tokenizer_config.json.</param>
    /// <exception cref="TokenizerException">A file is damaged.</exception>
    public static TokenizerConfiguration FromDirectory(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return TokenizerConfigurationReader.ReadDirectory(folder);
    }

    /// <summary>Reads a tokenizer_config.json.</summary>
    /// <param name="json">The file, as UTF-8.</param>
    /// <exception cref="TokenizerException">The file is damaged.</exception>
    public static TokenizerConfiguration Read(ReadOnlySpan<byte> json) => TokenizerConfigurationReader.Read(json);

    /// <summary>Takes out the spaces before punctuation and English contractions, as Python does where the file asks for it.</summary>
    public static string CleanUp(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach ((string from, string to) in CleanUps)
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }
}
