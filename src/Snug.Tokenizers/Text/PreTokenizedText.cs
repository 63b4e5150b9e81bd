namespace Snug.Tokenizers;

/// <summary>
/// A text cut into pieces, with what normalization has made of it. Steps either cut the pieces further or rewrite their text;
/// pieces that are added tokens are left alone by both.
/// </summary>
internal sealed class PreTokenizedText
{
    private readonly MatchList _matches = new();
    private readonly AlignedText _aligned = new();
    private TextBuffer _buffer = new();
    private TextBuffer _spare = new();
    private TextPiece[] _pieces = new TextPiece[16];
    private TextPiece[] _sparePieces = new TextPiece[16];

    /// <summary>Number of pieces.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<TextPiece> Pieces => _pieces.AsSpan(0, Count);

    /// <summary>The text that the pieces are parts of.</summary>
    public TextBuffer Buffer => _buffer;

    /// <summary>A list that steps may use to gather matches.</summary>
    public MatchList Matches => _matches;

    public void SetOriginal(ReadOnlySpan<byte> text)
    {
        _buffer.SetOriginal(text);
        Restart();
    }

    public void SetOriginal(ReadOnlySpan<char> text)
    {
        _buffer.SetOriginal(text);
        Restart();
    }

    public ReadOnlySpan<byte> TextOf(in TextPiece piece) => _buffer.Bytes.Slice(piece.Start, piece.Length);

    /// <summary>Cuts every piece where a matcher matches.</summary>
    public void Split(TextMatcher matcher, SplitBehavior behavior, bool invert = false)
    {
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            ref readonly TextPiece piece = ref _pieces[i];
            if (piece.IsToken)
            {
                Add(ref _sparePieces, ref count, piece);
                continue;
            }

            matcher.FindAll(TextOf(piece), _matches);
            if (invert)
            {
                _matches.Invert();
            }

            _matches.Apply(behavior);
            foreach (TextPart part in _matches.Parts)
            {
                Cut(piece, part.Start, part.End, ref count);
            }
        }

        Swap(count);
    }

    /// <summary>Cuts every piece as a function says.</summary>
    /// <param name="find">Gets the text of a piece and puts the parts to keep into the list.</param>
    public void Split(Action<ReadOnlySpan<byte>, MatchList> find)
    {
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            ref readonly TextPiece piece = ref _pieces[i];
            if (piece.IsToken)
            {
                Add(ref _sparePieces, ref count, piece);
                continue;
            }

            _matches.Clear();
            find(TextOf(piece), _matches);
            foreach (TextPart part in _matches.Parts)
            {
                Cut(piece, part.Start, part.End, ref count);
            }
        }

        Swap(count);
    }

    /// <summary>
    /// Cuts added tokens out of every piece. What is left is a piece of its own even where nothing was found: its part of the
    /// original then no longer has what normalization took away at its ends.
    /// </summary>
    public void Split(AddedTokenFinder? finder)
    {
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            ref readonly TextPiece piece = ref _pieces[i];
            if (piece.IsToken)
            {
                Add(ref _sparePieces, ref count, piece);
                continue;
            }

            ReadOnlySpan<byte> text = TextOf(piece);
            int done = 0;
            int from = 0;
            while (finder is not null && finder.TryFind(text, ref from, done, out int start, out int end, out int id))
            {
                if (done < start)
                {
                    Cut(piece, done, start, ref count);
                }

                Cut(piece, start, end, ref count, id);
                done = end;
            }

            if (done < text.Length)
            {
                Cut(piece, done, text.Length, ref count);
            }
        }

        Swap(count);
    }

    /// <summary>Rewrites every piece; pieces that become empty go.</summary>
    public void Transform<TState>(TState state, Action<AlignedText, TState> change)
    {
        int count = 0;
        bool copying = false;
        for (int i = 0; i < Count; i++)
        {
            ref readonly TextPiece piece = ref _pieces[i];
            if (!piece.IsToken)
            {
                _aligned.Load(_buffer, piece);
                change(_aligned, state);
                if (_aligned.Changed && !copying)
                {
                    // As long as nothing changes, nothing is copied.
                    copying = true;
                    _spare.Clear();
                    for (int k = 0; k < count; k++)
                    {
                        _sparePieces[k] = Copy(_sparePieces[k]);
                    }
                }

                if (_aligned.Changed)
                {
                    int start = _spare.Count;
                    _aligned.AppendTo(_spare);
                    if (_spare.Count > start)
                    {
                        Add(ref _sparePieces, ref count, piece with { Start = start, Length = _spare.Count - start });
                    }

                    continue;
                }
            }

            if (piece.Length > 0)
            {
                Add(ref _sparePieces, ref count, copying ? Copy(piece) : piece);
            }
        }

        Swap(count);
        if (copying)
        {
            (_buffer, _spare) = (_spare, _buffer);
        }
    }

    private TextPiece Copy(in TextPiece piece)
    {
        int start = _spare.Count;
        _spare.Append(_buffer, piece.Start, piece.Length);
        return piece with { Start = start };
    }

    private void Cut(in TextPiece piece, int start, int end, ref int count, int id = TextPiece.NoToken)
    {
        if (end <= start)
        {
            return;
        }

        (int originalStart, int originalEnd) = _buffer.OriginalOf(piece.Start + start, end - start);
        Add(ref _sparePieces, ref count, new TextPiece(piece.Start + start, end - start, originalStart, originalEnd, id));
    }

    private static void Add(ref TextPiece[] pieces, ref int count, in TextPiece piece)
    {
        if (count == pieces.Length)
        {
            Array.Resize(ref pieces, count * 2);
        }

        pieces[count++] = piece;
    }

    private void Restart()
    {
        Count = 0;
        if (_buffer.Count > 0)
        {
            int count = 0;
            Add(ref _pieces, ref count, new TextPiece(0, _buffer.Count, 0, _buffer.Count, TextPiece.NoToken));
            Count = count;
        }
    }

    private void Swap(int count)
    {
        (_pieces, _sparePieces) = (_sparePieces, _pieces);
        Count = count;
    }
}
