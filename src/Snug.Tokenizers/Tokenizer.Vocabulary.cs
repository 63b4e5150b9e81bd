namespace Snug.Tokenizers;

/// <content>The vocabulary.</content>
public sealed partial class Tokenizer
{
    /// <summary>The added tokens by number.</summary>
    public IReadOnlyDictionary<int, AddedToken> AddedTokens => _added.Tokens;

    /// <summary>Number of tokens, added tokens included.</summary>
    public int VocabularySize => _model.Size + _added.NewTokens;

    /// <summary>Number of tokens of the model, without added tokens that it does not have.</summary>
    public int ModelVocabularySize => _model.Size;

    /// <summary>The number of a token, or null.</summary>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _added.Ids.TryGetValue(token, out int id) || (id = _model.Vocabulary.Find(token)) >= 0 ? id : null;
    }

    /// <summary>The text of a number, or null. Of added tokens that are looked for in normalized text, it is the normalized text.</summary>
    public string? IdToToken(int id) => _added.TextOf(id) ?? _model.TextOf(id);

    /// <summary>
    /// The bytes that a token adds to a text in the middle of it; they need not be whole characters. Null for special tokens, numbers without
    /// a token, and where tokens have no bytes of their own because the text between them depends on both.
    /// </summary>
    /// <param name="id">The number of the token.</param>
    public byte[]? GetTokenBytes(int id)
    {
        // Decoders treat the ends of a text specially: a letter before and one behind keep the token away from them.
        const string Letter = "a";
        if (_decoder is null || IdToToken(id) is not { } token || _added.IsSpecial(token))
        {
            return null;
        }

        if (_decoder.RawBytes(token) is { } bytes)
        {
            return bytes;
        }

        List<string> alone = [Letter, Letter];
        List<string> between = [Letter, token, Letter];
        _decoder.Decode(alone);
        _decoder.Decode(between);
        string text = string.Concat(between);
        return string.Concat(alone) == Letter + Letter && text.Length >= 2 && text.StartsWith(Letter, StringComparison.Ordinal) && text.EndsWith(Letter, StringComparison.Ordinal)
            ? System.Text.Encoding.UTF8.GetBytes(text[1..^1])
            : null;
    }

    /// <summary>All tokens with their numbers.</summary>
    /// <param name="withAddedTokens">Whether added tokens are included.</param>
    public Dictionary<string, int> GetVocabulary(bool withAddedTokens = true)
    {
        Dictionary<string, int> vocabulary = new(_model.Size, StringComparer.Ordinal);
        foreach ((string token, int id) in _model.Vocabulary.Entries())
        {
            vocabulary[token] = id;
        }

        if (withAddedTokens)
        {
            foreach ((string token, int id) in _added.Ids)
            {
                vocabulary[token] = id;
            }
        }

        return vocabulary;
    }

    /// <summary>Adds tokens. A token that the model has keeps its number, others get the next free one.</summary>
    /// <returns>The number of tokens that were new or changed.</returns>
    public int AddTokens(IEnumerable<AddedToken> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        _added = _added.Add(tokens, _model, _normalizer, out int added);
        return added;
    }

    /// <summary>Adds special tokens: found in the text as it is, and left out of decoded text on demand.</summary>
    /// <returns>The number of tokens that were new or changed.</returns>
    public int AddSpecialTokens(IEnumerable<string> tokens) => AddTokens(tokens.Select(AddedToken.SpecialToken));
}
