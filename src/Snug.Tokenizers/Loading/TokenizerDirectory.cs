namespace Snug.Tokenizers;

/// <summary>Finds the tokenizer of a folder and loads it, whatever its format.</summary>
internal static class TokenizerDirectory
{
    // What a .tiktoken file does not say, by its name; other files mostly go with the pattern of cl100k_base.
    private static readonly (string Name, string Pattern)[] TiktokenPatterns =
    [
        ("r50k_base", GptPattern),
        ("p50k_base", GptPattern),
        ("p50k_edit", GptPattern),
        ("gpt2", GptPattern),
        ("o200k_base", Tokenizer.O200kPattern),
        ("qwen", QwenPattern),
    ];

    private const string GptPattern = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const string QwenPattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Names of SentencePiece models, the usual ones first.</summary>
    private static readonly string[] SentencePieceNames = ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model", "spm.model"];

    public static Tokenizer Load(string folder, TokenizerConfiguration configuration)
    {
        if (!Directory.Exists(folder))
        {
            throw new TokenizerException($"The folder '{folder}' does not exist.");
        }

        string? Find(string name) => System.IO.File.Exists(Path.Combine(folder, name)) ? Path.Combine(folder, name) : null;

        if (Find("tokenizer.json") is { } file)
        {
            return Tokenizer.FromFile(file);
        }

        if (Find("vocab.json") is { } vocabulary && Find("merges.txt") is { } merges)
        {
            return Tokenizer.FromOther(vocabulary, bytes => MergesConversion.Read(bytes, System.IO.File.ReadAllBytes(merges), configuration));
        }

        if (FindSentencePiece(folder, Find) is { } model)
        {
            return Tokenizer.FromOther(model, bytes => LooksLikeTiktoken(bytes)
                ? ReadTiktoken(bytes, model, configuration)
                : SentencePieceFormat.Read(bytes, configuration));
        }

        if (Single(folder, "*.tiktoken") is { } ranks)
        {
            return Tokenizer.FromOther(ranks, bytes => ReadTiktoken(bytes, ranks, configuration));
        }

        if (Find("tekken.json") is { } tekken)
        {
            return Tokenizer.FromTekken(tekken);
        }

        return Find("vocab.txt") is { } lines
            ? Tokenizer.FromOther(lines, bytes => VocabularyTextFormat.Read(bytes, configuration))
            : throw new TokenizerException($"The folder '{folder}' has no tokenizer: no tokenizer.json, vocab.json with merges.txt, SentencePiece model, .tiktoken, tekken.json or vocab.txt.");
    }

    private static string? FindSentencePiece(string folder, Func<string, string?> find) =>
        SentencePieceNames.Select(find).FirstOrDefault(found => found is not null) ?? Single(folder, "*.model") ?? Single(folder, "*.spm");

    /// <summary>The only file of a kind: of several, nothing says which is the tokenizer.</summary>
    private static string? Single(string folder, string pattern)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, pattern).Take(2)];
        return files.Length switch
        {
            0 => null,
            1 => files[0],
            _ => throw new TokenizerException($"The folder '{folder}' has several files {pattern}: load the right one by its name."),
        };
    }

    /// <summary>Some repositories have ranks in a file with the name of a SentencePiece model: lines of base64, a space and a number.</summary>
    private static bool LooksLikeTiktoken(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? bytes : bytes[..end];
        int space = line.IndexOf((byte)' ');
        return space > 0 && space < RankedBytesFormat.MaxTokenBytes * 2 && System.Buffers.Text.Base64.IsValid(line[..space]) && !line[(space + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private static TokenizerParts ReadTiktoken(ReadOnlySpan<byte> bytes, string path, TokenizerConfiguration configuration)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        string pattern = Array.Find(TiktokenPatterns, entry => entry.Name == name).Pattern ?? Tokenizer.Cl100kPattern;
        Dictionary<string, int> special = new(StringComparer.Ordinal);
        foreach ((int id, AddedToken token) in configuration.AddedTokens)
        {
            special[token.Content] = id;
        }

        return TiktokenFormat.Read(bytes, pattern, special);
    }
}
