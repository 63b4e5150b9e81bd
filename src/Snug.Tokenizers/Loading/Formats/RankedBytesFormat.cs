namespace Snug.Tokenizers;

/// <summary>
/// Vocabularies of byte strings with ranks, as OpenAI's tiktoken and Mistral's tekken have them. Any two tokens merge when what
/// they make is a token; its rank says how early.
/// </summary>
internal sealed class RankedBytesFormat
{
    private readonly Dictionary<string, int> _ranks = new(StringComparer.Ordinal);

    /// <summary>Adds a token; bytes are kept as characters of the same number.</summary>
    public void Add(ReadOnlySpan<byte> bytes, int rank)
    {
        if (bytes.Length is 0 or > MaxTokenBytes || !_ranks.TryAdd(System.Text.Encoding.Latin1.GetString(bytes), rank))
        {
            throw new TokenizerException($"The token of rank {rank} is empty, longer than {MaxTokenBytes} bytes or there twice.");
        }
    }

    /// <summary>Longest token: every place where it can be cut is tried.</summary>
    public const int MaxTokenBytes = 2048;

    /// <param name="pattern">How text is cut into words.</param>
    /// <param name="firstId">The number of rank 0.</param>
    /// <param name="special">Special tokens with their numbers, in order.</param>
    public TokenizerParts Build(string pattern, int firstId, IReadOnlyList<(string Text, int Id)> special)
    {
        VocabularyBuilder builder = new();
        foreach ((string bytes, int rank) in _ranks.OrderBy(pair => pair.Value))
        {
            builder.Add(Printable(bytes), firstId + rank);
        }

        // Special tokens are tokens of the model, too: so they keep their numbers.
        foreach ((string text, int id) in special)
        {
            builder.Add(System.Text.Encoding.UTF8.GetBytes(text), id);
        }

        Vocabulary vocabulary = builder.Build();
        return new TokenizerParts(new BpeModel(vocabulary, Merges(firstId), new BpeOptions { IgnoreMerges = true }))
        {
            PreTokenizer = new SequencePreTokenizer(
            [
                new SplitPreTokenizer(Parse(pattern), SplitBehavior.Isolated, invert: false),
                new ByteLevelPreTokenizer(addPrefixSpace: false, trimOffsets: true, useRegex: false),
            ]),
            PostProcessor = new ByteLevelProcessor(addPrefixSpace: true, trimOffsets: false, useRegex: true),
            Decoder = new ByteLevelDecoder(addPrefixSpace: true, trimOffsets: true, useRegex: true),
            AddedTokens = [.. special.Select(token => AddedToken.SpecialToken(token.Text))],
        };
    }

    private static Pattern Parse(string pattern)
    {
        try
        {
            return new Pattern(pattern);
        }
        catch (PatternException exception)
        {
            throw new TokenizerException(exception.Message, null, exception);
        }
    }

    private MergeTable Merges(int firstId)
    {
        List<(int Left, int Right, int Product)> merges = [];
        var lookup = _ranks.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach ((string token, int rank) in _ranks)
        {
            for (int cut = 1; cut < token.Length; cut++)
            {
                if (lookup.TryGetValue(token.AsSpan(0, cut), out int left) && lookup.TryGetValue(token.AsSpan(cut), out int right))
                {
                    merges.Add((left, right, rank));
                }
            }
        }

        // Merges of one product have one rank each: among them, the order of their parts decides.
        merges.Sort(static (a, b) => (a.Product, a.Left, a.Right).CompareTo((b.Product, b.Left, b.Right)));
        MergeTable table = new(merges.Count);
        for (int i = 0; i < merges.Count; i++)
        {
            table.Add(firstId + merges[i].Left, firstId + merges[i].Right, i, firstId + merges[i].Product);
        }

        return table;
    }

    private static byte[] Printable(string bytes)
    {
        byte[] buffer = new byte[(bytes.Length * 2) + 2];
        int length = 0;
        foreach (char value in bytes)
        {
            length += Utf8.Write(ByteAlphabet.CharacterOf((byte)value), buffer.AsSpan(length));
        }

        return buffer[..length];
    }
}
