namespace Snug.Tokenizers;

/// <content>Text to encodings.</content>
public sealed partial class Tokenizer
{
    private const int NoWord = -1;

    /// <summary>Encodes a text, or a pair of texts.</summary>
    /// <param name="text">The text. Lone surrogates are taken as U+FFFD.</param>
    /// <param name="pair">The second text of a pair.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens are added, such as [CLS] and [SEP].</param>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public Encoding Encode(string text, string? pair = null, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text.AsSpan(), pair, addSpecialTokens);
    }

    /// <inheritdoc cref="Encode(string, string?, bool)"/>
    public Encoding Encode(ReadOnlySpan<char> text, string? pair = null, bool addSpecialTokens = true)
    {
        EncodeWorkspace workspace = EncodeWorkspace.Rent();
        workspace.Text.SetOriginal(text);
        Encoding first = EncodeOriginal(workspace, 0, NoWord);
        Encoding? second = null;
        if (pair is not null)
        {
            workspace.Text.SetOriginal(pair.AsSpan());
            second = EncodeOriginal(workspace, 1, NoWord);
        }

        EncodeWorkspace.Return(workspace);
        return Finish(first, second, addSpecialTokens);
    }

    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text as UTF-8. What is not valid is taken as U+FFFD, and byte offsets then count its bytes.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens are added, such as [CLS] and [SEP].</param>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public Encoding Encode(ReadOnlySpan<byte> text, bool addSpecialTokens = true)
    {
        EncodeWorkspace workspace = EncodeWorkspace.Rent();
        SetOriginal(workspace, text);
        Encoding encoding = EncodeOriginal(workspace, 0, NoWord);
        EncodeWorkspace.Return(workspace);
        return Finish(encoding, null, addSpecialTokens);
    }

    /// <summary>Encodes a text, or a pair of texts, given in words. Offsets count from the start of each word; word ids are those of the words.</summary>
    /// <param name="words">The words.</param>
    /// <param name="pair">The words of the second text of a pair.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens are added, such as [CLS] and [SEP].</param>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public Encoding EncodeWords(IReadOnlyList<string> words, IReadOnlyList<string>? pair = null, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(words);
        return Finish(EncodeWords(words, 0), pair is null ? null : EncodeWords(pair, 1), addSpecialTokens);
    }

    /// <summary>Encodes many texts on all cores, and pads them to one length if padding is set.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens are added, such as [CLS] and [SEP].</param>
    /// <exception cref="TokenizerException">A text cannot be encoded; the message tells which is the first.</exception>
    public Encoding[] EncodeBatch(IReadOnlyList<string> texts, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Batch(texts.Count, index => Encode(texts[index], null, addSpecialTokens), Padding);
    }

    /// <summary>Encodes many pairs of texts on all cores, and pads them to one length if padding is set.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens are added, such as [CLS] and [SEP].</param>
    /// <exception cref="TokenizerException">A pair cannot be encoded; the message tells which is the first.</exception>
    public Encoding[] EncodePairs(IReadOnlyList<(string Text, string Pair)> pairs, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Batch(pairs.Count, index => Encode(pairs[index].Text, pairs[index].Pair, addSpecialTokens), Padding);
    }

    private static Encoding[] Batch(int count, Func<int, Encoding> encode, PaddingOptions? padding)
    {
        Encoding[] encodings = new Encoding[count];
        if (count == 1)
        {
            encodings[0] = encode(0);
        }
        else
        {
            EncodeAll(encodings, encode);
        }

        return padding is null || count == 0 ? encodings : PadAll(encodings, padding);
    }

    /// <summary>Encodes on all cores. The first text that fails ends it, however the cores share the work: those before it are still tried.</summary>
    private static void EncodeAll(Encoding[] encodings, Func<int, Encoding> encode)
    {
        Lock gate = new();
        (int Index, TokenizerException Exception)? failure = null;
        Parallel.For(0, encodings.Length, (index, loop) =>
        {
            try
            {
                encodings[index] = encode(index);
            }
            catch (TokenizerException exception)
            {
                lock (gate)
                {
                    failure = failure is { } earlier && earlier.Index < index ? earlier : (index, exception);
                }

                loop.Break();
            }
        });
        if (failure is { } first)
        {
            throw new TokenizerException($"Text {first.Index + 1} of {encodings.Length}: {first.Exception.Message}", null, first.Exception);
        }
    }

    private static Encoding[] PadAll(Encoding[] encodings, PaddingOptions padding)
    {
        int length = padding.LengthFor(encodings.Max(encoding => encoding.Length));
        return Array.ConvertAll(encodings, encoding => encoding.Pad(length, padding));
    }

    private Encoding EncodeWords(IReadOnlyList<string> words, int typeId)
    {
        EncodeWorkspace workspace = EncodeWorkspace.Rent();
        Encoding[] encodings = new Encoding[words.Count];
        for (int i = 0; i < encodings.Length; i++)
        {
            workspace.Text.SetOriginal(words[i].AsSpan());
            encodings[i] = EncodeOriginal(workspace, typeId, i);
        }

        EncodeWorkspace.Return(workspace);
        return Encoding.Merge(encodings);
    }

    private static void SetOriginal(EncodeWorkspace workspace, ReadOnlySpan<byte> text)
    {
        if (System.Text.Unicode.Utf8.IsValid(text))
        {
            workspace.Text.SetOriginal(text);
        }
        else
        {
            workspace.Text.SetOriginal(Utf8.ToText(text).AsSpan());
        }
    }

    /// <summary>Cuts and normalizes the workspace's text, and makes its pieces tokens.</summary>
    private void Tokenize(EncodeWorkspace workspace, TruncationOptions? truncation)
    {
        PreTokenizedText text = workspace.Text;
        AddedVocabulary added = _added;
        if (added.Raw is { } raw)
        {
            text.Split(raw);
        }

        if (_normalizer is not null)
        {
            text.Transform(_normalizer, static (piece, normalizer) => normalizer.Normalize(piece));
        }

        if (_normalizer is not null || added.InNormalized is not null)
        {
            text.Split(added.InNormalized);
        }

        _preTokenizer?.PreTokenize(text);
        TokenList tokens = workspace.Tokens;
        tokens.Clear();
        ReadOnlySpan<TextPiece> pieces = text.Pieces;

        // With truncation, the reference stops as soon as there are enough tokens; from then on it does not see the text.
        if (truncation is { Direction: TruncationDirection.Left })
        {
            TokenizeBackwards(text, tokens, truncation.MaxLength);
            return;
        }

        for (int i = 0; i < pieces.Length; i++)
        {
            tokens.CurrentPiece = i;
            if (Add(text, pieces[i], tokens) && truncation is not null && tokens.Count >= truncation.MaxLength)
            {
                // Added tokens right behind are there already.
                break;
            }
        }
    }

    private void TokenizeBackwards(PreTokenizedText text, TokenList tokens, int most)
    {
        ReadOnlySpan<TextPiece> pieces = text.Pieces;
        int first = pieces.Length;
        for (int i = pieces.Length - 1; i >= 0; i--)
        {
            first = i;
            tokens.CurrentPiece = i;
            if (Add(text, pieces[i], tokens) && tokens.Count >= most)
            {
                break;
            }
        }

        tokens.ReversePieces();
        tokens.FirstPiece = first;
    }

    /// <summary>Adds the tokens of a piece; returns false for an added token.</summary>
    private bool Add(PreTokenizedText text, in TextPiece piece, TokenList tokens)
    {
        if (piece.IsToken)
        {
            tokens.Add(piece.TokenId, 0, piece.Length, literal: true);
            return false;
        }

        _model.Tokenize(text.TextOf(piece), tokens);
        return true;
    }

    private Encoding EncodeOriginal(EncodeWorkspace workspace, int typeId, int word, bool truncate = true, TruncationOptions? truncation = null)
    {
        truncation = !truncate ? null : truncation ?? Truncation;
        if (truncation is { Strategy: TruncationStrategy.OnlySecond } && typeId == 0)
        {
            truncation = null;
        }

        PreTokenizedText text = workspace.Text;
        workspace.Offsets.Build(text.Buffer.Bytes);
        Tokenize(workspace, truncation);
        TokenList tokens = workspace.Tokens;
        OffsetIndex index = workspace.Offsets;
        int count = tokens.Count;
        int[] ids = tokens.Ids.ToArray();
        string[] texts = new string[count];
        int?[] words = new int?[count];
        OffsetRange[] bytes = new OffsetRange[count];
        OffsetRange[] codePoints = index.IsAscii ? bytes : new OffsetRange[count];
        OffsetRange[] utf16 = index.IsAscii ? bytes : new OffsetRange[count];
        bool odd = false;
        for (int i = 0; i < count; i++)
        {
            ref readonly TextPiece piece = ref text.Pieces[tokens.Pieces[i]];
            texts[i] = tokens.Literal[i] ? LiteralText(text.TextOf(piece)[tokens.Starts[i]..tokens.Ends[i]], ids[i]) : _model.TextOf(ids[i])!;
            words[i] = word == NoWord ? tokens.Pieces[i] - tokens.FirstPiece : word;
            bytes[i] = OriginalOf(text, piece, tokens.Starts[i], tokens.Ends[i]);
            odd |= index.IsAscii && bytes[i].End > index.Length;
            if (!index.IsAscii)
            {
                codePoints[i] = index.InCodePoints(bytes[i]);
                utf16[i] = index.InUtf16(bytes[i]);
            }
        }

        if (odd)
        {
            // Offsets that are none: the reference converts these even where there is nothing to convert.
            codePoints = Array.ConvertAll(bytes, index.InCodePoints);
            utf16 = codePoints;
        }

        return Encoding.OfTokens(ids, texts, bytes, codePoints, utf16, words, typeId);
    }

    /// <summary>The text of a token whose text is what it covers; mostly, that is the text of its number.</summary>
    private string LiteralText(ReadOnlySpan<byte> text, int id)
    {
        if (_model.Vocabulary.BytesOf(id).SequenceEqual(text))
        {
            return _model.TextOf(id)!;
        }

        return Utf8.ToText(text);
    }

    /// <summary>The original bytes of a part of a piece. An empty part, or one that reaches too far, keeps its own numbers.</summary>
    private static OffsetRange OriginalOf(PreTokenizedText text, in TextPiece piece, int start, int end)
    {
        if (start == end)
        {
            return new OffsetRange(piece.OriginalStart + start, piece.OriginalStart + end);
        }

        if (end > piece.Length || start > end)
        {
            return new OffsetRange(start, end);
        }

        // Tokens of characters that vanished may start or end inside of a character.
        (int from, int to) = text.Buffer.IsOriginal
            ? (CharacterStart(text, piece.Start + start), CharacterEnd(text, piece.Start + end))
            : text.Buffer.OriginalOf(piece.Start + start, end - start);
        return new OffsetRange(from, to);
    }

    private static int CharacterStart(PreTokenizedText text, int at)
    {
        while (Utf8.IsContinuation(text.Buffer.Bytes[at]))
        {
            at--;
        }

        return at;
    }

    private static int CharacterEnd(PreTokenizedText text, int at)
    {
        while (at < text.Buffer.Count && Utf8.IsContinuation(text.Buffer.Bytes[at]))
        {
            at++;
        }

        return at;
    }

    private Encoding Finish(Encoding first, Encoding? second, bool addSpecialTokens) => Finish(first, second, addSpecialTokens, Truncation, Padding);

    private Encoding Finish(Encoding first, Encoding? second, bool addSpecialTokens, TruncationOptions? truncation, PaddingOptions? padding)
    {
        if (truncation is not null)
        {
            int added = addSpecialTokens ? _postProcessor?.AddedTokens(second is not null) ?? 0 : 0;
            if (added > truncation.MaxLength)
            {
                throw new TokenizerException($"Truncation leaves {truncation.MaxLength} tokens, but {added} special tokens are to be added.");
            }

            truncation.Apply(first, second, truncation.MaxLength - added);
        }

        Encoding whole = PostProcessor.Run(_postProcessor, first, second, addSpecialTokens);
        return padding is null ? whole : whole.Pad(padding.LengthFor(whole.Length), padding);
    }
}
