namespace Snug.Tokenizers;

/// <summary>The added tokens of a tokenizer and their numbers. Immutable: adding makes a new one.</summary>
internal sealed class AddedVocabulary
{
    /// <summary>Longest text of an added token, in bytes.</summary>
    public const int MaxTokenBytes = 65_536;

    private readonly Dictionary<string, int> _ids;
    private readonly SortedDictionary<int, AddedToken> _tokens;
    private readonly HashSet<string> _special;
    private readonly Dictionary<int, string> _normalized;

    private AddedVocabulary(Dictionary<string, int> ids, SortedDictionary<int, AddedToken> tokens, HashSet<string> special, Dictionary<int, string> normalized, int newTokens, bool encodeSpecialTokens)
    {
        NewTokens = newTokens;
        (_ids, _tokens, _special, _normalized, EncodeSpecialTokens) = (ids, tokens, special, normalized, encodeSpecialTokens);
        Raw = Finder(static token => !token.Normalized);
        InNormalized = Finder(static token => token.Normalized);
    }

    public static AddedVocabulary Empty { get; } = new([], [], [], [], 0, false);

    /// <summary>Finds tokens in the text as it is; null when there are none.</summary>
    public AddedTokenFinder? Raw { get; }

    /// <summary>Finds tokens in the normalized text; null when there are none.</summary>
    public AddedTokenFinder? InNormalized { get; }

    /// <summary>Whether special tokens in a text are ordinary text.</summary>
    public bool EncodeSpecialTokens { get; }

    /// <summary>Number of tokens that the model does not have.</summary>
    public int NewTokens { get; }

    /// <summary>The tokens by number.</summary>
    public IReadOnlyDictionary<int, AddedToken> Tokens => _tokens;

    /// <summary>The numbers by text.</summary>
    public IReadOnlyDictionary<string, int> Ids => _ids;

    public AddedToken? TokenOf(int id) => _tokens.GetValueOrDefault(id);

    /// <summary>The text of a number as decoders see it: normalized where the token is.</summary>
    public string? TextOf(int id) => _normalized.GetValueOrDefault(id) ?? TokenOf(id)?.Content;

    public bool IsSpecial(string text) => _special.Contains(text);

    public AddedVocabulary WithEncodeSpecialTokens(bool value) => new(_ids, _tokens, _special, _normalized, NewTokens, value);

    /// <summary>Adds tokens. A token that the model has keeps its number; others get the next free one.</summary>
    public AddedVocabulary Add(IEnumerable<AddedToken> tokens, TokenModel model, Normalizer? normalizer, out int added)
    {
        Dictionary<string, int> ids = new(_ids, StringComparer.Ordinal);
        SortedDictionary<int, AddedToken> byId = new(_tokens);
        HashSet<string> special = new(_special, StringComparer.Ordinal);
        Dictionary<int, string> normalized = new(_normalized);
        int next = Math.Max(model.Size, byId.Count == 0 ? 0 : byId.Keys.Last() + 1);
        if (byId.Count > 0 && model.Size > 0 && byId.Keys.Last() < model.Size)
        {
            next = model.Size;
        }

        added = 0;
        int newTokens = NewTokens;
        foreach (AddedToken token in tokens)
        {
            if (token.Content.Length == 0 || (ids.TryGetValue(token.Content, out int known) && byId.GetValueOrDefault(known) == token))
            {
                continue;
            }

            if (System.Text.Encoding.UTF8.GetByteCount(token.Content) > MaxTokenBytes)
            {
                throw new TokenizerException($"An added token has more than {MaxTokenBytes} bytes.");
            }

            if (!ids.TryGetValue(token.Content, out int id))
            {
                id = model.Vocabulary.Find(token.Content);
                newTokens += id >= 0 ? 0 : 1;
                id = id >= 0 ? id : next++;
            }

            if (token.Normalized && normalizer is not null && Normalize(normalizer, token.Content) is var text && text != token.Content)
            {
                normalized[id] = text;
            }

            ids[token.Content] = id;
            byId[id] = token;
            if (token.Special)
            {
                special.Add(token.Content);
            }

            added++;
        }

        return new AddedVocabulary(ids, byId, special, normalized, newTokens, EncodeSpecialTokens);
    }

    private static string Normalize(Normalizer normalizer, string text)
    {
        AlignedText aligned = new();
        aligned.Load(System.Text.Encoding.UTF8.GetBytes(text));
        normalizer.Normalize(aligned);
        return Utf8.ToText(aligned.Text);
    }

    private AddedTokenFinder? Finder(Func<AddedToken, bool> predicate)
    {
        List<(ReadOnlyMemory<byte>, int)> tokens = [];
        foreach ((int id, AddedToken token) in _tokens)
        {
            if (predicate(token) && (token.Normalized ? TextOf(id)! : token.Content) is { Length: > 0 } text)
            {
                tokens.Add((System.Text.Encoding.UTF8.GetBytes(text), id));
            }
        }

        return tokens.Count == 0 ? null : new AddedTokenFinder(this, tokens);
    }
}
