using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Byte pair encoding: characters, merged pair by pair in the order of the pairs' ranks.</summary>
internal sealed class BpeModel : TokenModel
{
    // Characters below this are looked up in an array.
    private const int DirectCharacters = 0x800;

    private readonly BpeOptions _options;
    private readonly MergeTable _merges;
    private readonly byte[] _prefix;
    private readonly byte[] _suffix;
    private readonly int _unknown;
    private readonly int[] _bytes = new int[256];
    private readonly int[] _characters = new int[DirectCharacters];

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
        : base(vocabulary)
    {
        _options = options;
        _merges = merges;
        _prefix = System.Text.Encoding.UTF8.GetBytes(options.ContinuingSubwordPrefix ?? "");
        _suffix = System.Text.Encoding.UTF8.GetBytes(options.EndOfWordSuffix ?? "");
        _unknown = options.UnknownToken is null ? -1 : vocabulary.Find(options.UnknownToken);
        for (int value = 0; value < 256; value++)
        {
            _bytes[value] = vocabulary.Find(ByteToken(value));
        }

        Span<byte> character = stackalloc byte[4];
        for (int c = 0; c < DirectCharacters; c++)
        {
            _characters[c] = vocabulary.Find(character[..Utf8.Write(c, character)]);
        }
    }

    public BpeOptions Options => _options;

    public MergeTable Merges => _merges;

    /// <summary>The token that stands for a byte.</summary>
    public static string ByteToken(int value) => $"<0x{value:X2}>";

    public override void Complete() => _merges.Complete();

    public override void Tokenize(ReadOnlySpan<byte> text, TokenList tokens)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (_options.IgnoreMerges && Vocabulary.Find(text) is var whole and >= 0)
        {
            tokens.Add(whole, 0, text.Length);
            return;
        }

        BpeWord word = BpeWord.OfThread;
        word.Clear();
        AddCharacters(text, word);
        if (_options.Dropout is > 0)
        {
            word.MergeRandomly(_merges, _options.Dropout.Value);
        }
        else
        {
            word.Merge(_merges);
        }

        word.CopyTo(tokens);
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "BPE"u8);
        if (_options.Dropout is { } dropout)
        {
            writer.WriteNumber("dropout"u8, dropout);
        }
        else
        {
            writer.WriteNull("dropout"u8);
        }

        writer.WriteString("unk_token"u8, _options.UnknownToken);
        writer.WriteString("continuing_subword_prefix"u8, _options.ContinuingSubwordPrefix);
        writer.WriteString("end_of_word_suffix"u8, _options.EndOfWordSuffix);
        writer.WriteBoolean("fuse_unk"u8, _options.FuseUnknown);
        writer.WriteBoolean("byte_fallback"u8, _options.ByteFallback);
        writer.WriteBoolean("ignore_merges"u8, _options.IgnoreMerges);
        WriteVocabulary(writer);
        writer.WriteStartArray("merges"u8);
        foreach ((int left, int right) in _merges.InOrder())
        {
            writer.WriteStartArray();
            writer.WriteStringValue(Vocabulary.BytesOf(left));
            writer.WriteStringValue(Vocabulary.BytesOf(right));
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void AddCharacters(ReadOnlySpan<byte> text, BpeWord word)
    {
        bool affixes = _prefix.Length > 0 || _suffix.Length > 0;
        int unknownLength = -1;
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            int c = Utf8.Next(text, ref at);
            bool plain = !affixes || !((start > 0 && _prefix.Length > 0) || (at == text.Length && _suffix.Length > 0));
            int id = !plain ? -1 : c < DirectCharacters ? _characters[c] : Vocabulary.Find(text[start..at]);
            byte[]? symbol = null;
            if (!plain)
            {
                symbol = [.. start > 0 ? _prefix : [], .. text[start..at], .. at == text.Length ? _suffix : []];
                id = Vocabulary.Find(symbol);
            }

            if (id >= 0)
            {
                if (unknownLength >= 0)
                {
                    word.Add(_unknown, unknownLength);
                    unknownLength = -1;
                }

                word.Add(id, at - start);
                continue;
            }

            if (_options.ByteFallback && TryAddBytes(symbol ?? text[start..at], word))
            {
                // An unknown character that waits stays behind these bytes; the reference does the same.
                continue;
            }

            if (_options.UnknownToken is null)
            {
                continue;
            }

            if (_unknown < 0)
            {
                throw new TokenizerException($"The unknown token '{_options.UnknownToken}' is not in the vocabulary.");
            }

            if (unknownLength >= 0 && _options.FuseUnknown)
            {
                unknownLength += at - start;
                continue;
            }

            if (unknownLength >= 0)
            {
                word.Add(_unknown, unknownLength);
            }

            unknownLength = at - start;
        }

        if (unknownLength >= 0)
        {
            word.Add(_unknown, unknownLength);
        }
    }

    private bool TryAddBytes(ReadOnlySpan<byte> symbol, BpeWord word)
    {
        foreach (byte value in symbol)
        {
            if (_bytes[value] < 0)
            {
                return false;
            }
        }

        foreach (byte value in symbol)
        {
            word.Add(_bytes[value], 1);
        }

        return true;
    }
}
