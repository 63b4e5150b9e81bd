namespace Snug.Tokenizers;

/// <content>Files of other formats.</content>
public sealed partial class Tokenizer
{
    /// <summary>The pattern of OpenAI's cl100k_base.</summary>
    public const string Cl100kPattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The pattern of OpenAI's o200k_base.</summary>
    public const string O200kPattern = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Loads BERT's vocab.txt, with BERT's normalizer, pre-tokenizer and frame.</summary>
    /// <param name="path">The file: one token a line.</param>
    /// <param name="lowercase">Whether the model takes no account of case; then accents are dropped, too.</param>
    /// <exception cref="TokenizerException">The file is damaged.</exception>
    public static Tokenizer FromVocabularyText(string path, bool lowercase = true) => FromOther(path, bytes => VocabularyTextFormat.Read(bytes, new TokenizerConfiguration { Switches = new Dictionary<string, bool> { ["do_lower_case"] = lowercase } }));

    /// <summary>Loads GPT-2's vocab.json and merges.txt, with GPT-2's byte-level words.</summary>
    /// <param name="vocabularyPath">The vocabulary: an object of tokens and their numbers.</param>
    /// <param name="mergesPath">The merges: two parts a line.</param>
    /// <exception cref="TokenizerException">A file is damaged.</exception>
    public static Tokenizer FromVocabularyAndMerges(string vocabularyPath, string mergesPath) =>
        FromOther(vocabularyPath, bytes => MergesFormat.Read(bytes, System.IO.File.ReadAllBytes(mergesPath)));

    /// <summary>Loads a .tiktoken file.</summary>
    /// <param name="path">The file: a token in base64 and its rank on every line.</param>
    /// <param name="pattern">How text is cut into words, for example <see cref="Cl100kPattern"/>; the file does not say.</param>
    /// <param name="specialTokens">The special tokens with their numbers; the file does not have them.</param>
    /// <exception cref="TokenizerException">The file is damaged, or the pattern is wrong.</exception>
    public static Tokenizer FromTiktoken(string path, string pattern, IReadOnlyDictionary<string, int>? specialTokens = null) =>
        FromOther(path, bytes => TiktokenFormat.Read(bytes, pattern, specialTokens ?? new Dictionary<string, int>()));

    /// <summary>Loads a tekken.json.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TokenizerException">The file is damaged.</exception>
    public static Tokenizer FromTekken(string path) => FromOther(path, bytes => TekkenFormat.Read(bytes));

    /// <summary>
    /// Loads a SentencePiece model, Unigram or BPE, as it is: with the settings that the file has, and without the changes to
    /// vocabulary and frame that a Python class makes. For those, see <see cref="FromDirectory"/>.
    /// </summary>
    /// <param name="path">The file: tokenizer.model, spiece.model …</param>
    /// <exception cref="TokenizerException">The file is damaged, or needs what is not supported.</exception>
    public static Tokenizer FromSentencePiece(string path) => FromOther(path, bytes => SentencePieceFormat.Read(bytes, new TokenizerConfiguration()));

    internal static Tokenizer FromOther(string path, Func<byte[], TokenizerParts> read)
    {
        try
        {
            return new Tokenizer(read(System.IO.File.ReadAllBytes(path)));
        }
        catch (TokenizerException exception)
        {
            throw exception.InFile(path);
        }
    }
}
