namespace Snug.Tokenizers;

/// <summary>
/// A tokenizer: text to token numbers and back, exactly as the Rust engine <c>tokenizers</c> 0.23.2 does it.
/// Reading methods may be called by many threads at once; changing a setting or adding tokens must not happen meanwhile.
/// </summary>
public sealed partial class Tokenizer
{
    private readonly TokenModel _model;
    private readonly Normalizer? _normalizer;
    private readonly PreTokenizer? _preTokenizer;
    private PostProcessor? _postProcessor;
    private readonly Decoder? _decoder;
    private AddedVocabulary _added = AddedVocabulary.Empty;

    // What the post-processor puts around a single text, with and without special tokens; null when that takes an encoding.
    private (int[] Before, int[] After)? _frame;
    private (int[] Before, int[] After)? _bareFrame;

    internal Tokenizer(TokenizerParts parts)
    {
        _model = parts.Model;
        _normalizer = parts.Normalizer;
        _preTokenizer = parts.PreTokenizer;
        _decoder = parts.Decoder;
        SetPostProcessor(parts.PostProcessor);
        Truncation = parts.Truncation;
        Padding = parts.Padding;
        Configuration = new TokenizerConfiguration { SpecialTokens = parts.NamedTokens };
        if (parts.AddedTokens.Count > 0)
        {
            _added = _added.Add(parts.AddedTokens, _model, _normalizer, out _);
        }

        _model.Complete();
    }

    /// <summary>How encodings that are too long are cut; null for not at all. A file may bring its own setting.</summary>
    public TruncationOptions? Truncation { get; set; }

    /// <summary>How encodings are filled up; null for not at all. A file may bring its own setting.</summary>
    public PaddingOptions? Padding { get; set; }

    /// <summary>Whether special tokens that stand in a text are ordinary text. False unless set.</summary>
    public bool EncodeSpecialTokens
    {
        get => _added.EncodeSpecialTokens;
        set => _added = _added.WithEncodeSpecialTokens(value);
    }

    /// <summary>Loads a tokenizer.json.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TokenizerException">The file is damaged, or needs what is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tokenizer FromFile(string path)
    {
        try
        {
            return new Tokenizer(TokenizerJsonReader.Read(System.IO.File.ReadAllBytes(path)));
        }
        catch (TokenizerException exception)
        {
            throw exception.InFile(path);
        }
    }

    /// <summary>Loads a tokenizer.json from memory.</summary>
    /// <param name="json">The file, as UTF-8.</param>
    /// <exception cref="TokenizerException">The file is damaged, or needs what is not supported.</exception>
    public static Tokenizer FromBytes(ReadOnlySpan<byte> json) => new(TokenizerJsonReader.Read(json.ToArray()));

    /// <summary>Loads a tokenizer.json from a stream.</summary>
    /// <param name="stream">The file, as UTF-8; it is read to its end.</param>
    /// <exception cref="TokenizerException">The file is damaged, or needs what is not supported.</exception>
    public static Tokenizer FromStream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream memory = new();
        stream.CopyTo(memory);
        return new Tokenizer(TokenizerJsonReader.Read(memory.GetBuffer().AsMemory(0, (int)memory.Length)));
    }

    private void SetPostProcessor(PostProcessor? postProcessor)
    {
        _postProcessor = postProcessor;
        _frame = postProcessor?.Frame(addSpecialTokens: true);
        _bareFrame = postProcessor?.Frame(addSpecialTokens: false);
    }
}
