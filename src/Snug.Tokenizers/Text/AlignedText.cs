using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>
/// One piece of text under change, aligned with its original: every byte knows the original bytes it comes from.
/// A change is a run over the whole text: <see cref="Begin"/>, one <see cref="Emit"/> for each new character, <see cref="Commit"/>.
/// </summary>
internal sealed class AlignedText
{
    private byte[] _bytes = new byte[256];
    private int[] _starts = new int[256];
    private int[] _ends = new int[256];
    private byte[] _newBytes = new byte[256];
    private int[] _newStarts = new int[256];
    private int[] _newEnds = new int[256];
    private int _count;
    private int _newCount;
    private int _source;
    private bool _aligned;

    public ReadOnlySpan<byte> Text => _bytes.AsSpan(0, _count);

    public bool IsEmpty => _count == 0;

    /// <summary>First original byte of the piece.</summary>
    public int OriginalStart { get; private set; }

    /// <summary>End of the original bytes of the piece.</summary>
    public int OriginalEnd { get; private set; }

    /// <summary>Whether the text has changed since it was loaded.</summary>
    public bool Changed { get; private set; }

    /// <summary>Takes over a part of a buffer.</summary>
    public void Load(TextBuffer buffer, in TextPiece piece)
    {
        Reserve(ref _bytes, ref _starts, ref _ends, piece.Length, 0);
        _count = piece.Length;
        OriginalStart = piece.OriginalStart;
        OriginalEnd = piece.OriginalEnd;
        Changed = false;
        buffer.Bytes.Slice(piece.Start, piece.Length).CopyTo(_bytes);
        _aligned = !buffer.IsOriginal;
        if (_aligned)
        {
            buffer.Starts.Slice(piece.Start, piece.Length).CopyTo(_starts);
            buffer.Ends.Slice(piece.Start, piece.Length).CopyTo(_ends);
        }
    }

    /// <summary>Takes over a text that is its own original.</summary>
    public void Load(ReadOnlySpan<byte> text)
    {
        Reserve(ref _bytes, ref _starts, ref _ends, text.Length, 0);
        text.CopyTo(_bytes);
        _count = text.Length;
        OriginalStart = 0;
        OriginalEnd = text.Length;
        Changed = false;
        _aligned = false;
    }

    /// <summary>Appends the text and its ranges to a buffer.</summary>
    public void AppendTo(TextBuffer buffer)
    {
        Align();
        buffer.Append(_bytes.AsSpan(0, _count), _starts.AsSpan(0, _count), _ends.AsSpan(0, _count));
    }

    /// <summary>Starts a change of the whole text.</summary>
    /// <param name="removed">Characters at the start that go without a replacement.</param>
    public void Begin(int removed = 0)
    {
        Align();
        _newCount = 0;
        _source = 0;

        // What was inserted at the very start belongs to no original byte. The reference leaves it where it is, in front of the
        // new text, and so repeats it.
        if (OriginalEnd > OriginalStart)
        {
            while (_source < _count && _starts[_source] == _ends[_source])
            {
                _source++;
            }

            if (_source > 0)
            {
                Keep(0, _source);
            }
        }

        Skip(removed);
    }

    /// <summary>Adds a character of the new text.</summary>
    /// <param name="codePoint">The character.</param>
    /// <param name="change">1: it is inserted. 0: it replaces the next old character. -n: it replaces that and n more.</param>
    public void Emit(int codePoint, int change)
    {
        int start;
        int end;
        if (change > 0)
        {
            (start, end) = _source < 1 ? (OriginalStart, OriginalStart) : (_starts[_source - 1], _ends[_source - 1]);
        }
        else
        {
            if (_source >= _count)
            {
                throw new TokenizerException("A normalizer of this tokenizer cannot be applied to this text.");
            }

            (start, end) = (_starts[_source], _ends[_source]);
            Skip(1 - change);
        }

        if (_newCount + 4 > _newBytes.Length)
        {
            Reserve(ref _newBytes, ref _newStarts, ref _newEnds, _newCount + 4, _newCount);
        }

        int length = Utf8.Write(codePoint, _newBytes.AsSpan(_newCount));
        for (int i = 0; i < length; i++)
        {
            _newStarts[_newCount + i] = start;
            _newEnds[_newCount + i] = end;
        }

        _newCount += length;
    }

    /// <summary>Ends a change.</summary>
    public void Commit()
    {
        (_bytes, _newBytes) = (_newBytes, _bytes);
        (_starts, _newStarts) = (_newStarts, _starts);
        (_ends, _newEnds) = (_newEnds, _ends);
        _count = _newCount;
        Changed = true;
    }

    /// <summary>Puts text in front; it shares the range of the first character. Empty text stays empty.</summary>
    public void Prepend(ReadOnlySpan<byte> text)
    {
        if (_count == 0)
        {
            return;
        }

        Align();
        if (text.IsEmpty)
        {
            // In the reference, the first character then counts as inserted at the start.
            int length = Utf8.LengthOf(_bytes[0]);
            _starts.AsSpan(0, length).Fill(OriginalStart);
            _ends.AsSpan(0, length).Fill(OriginalStart);
            Changed = true;
            return;
        }

        (int start, int end) = (_starts[0], _ends[0]);
        Reserve(ref _newBytes, ref _newStarts, ref _newEnds, _count + text.Length, 0);
        text.CopyTo(_newBytes);
        _newStarts.AsSpan(0, text.Length).Fill(start);
        _newEnds.AsSpan(0, text.Length).Fill(end);
        _newCount = text.Length;
        Keep(0, _count);
        Commit();
    }

    /// <summary>Replaces every match; the new text has the range of the last byte that it replaces.</summary>
    public void Replace(MatchList matches, ReadOnlySpan<byte> content)
    {
        Align();
        _newCount = 0;
        foreach (TextPart part in matches.Parts)
        {
            if (!part.IsMatch)
            {
                Keep(part.Start, part.End);
                continue;
            }

            (int start, int end) = part.End < 1 ? (OriginalStart, OriginalStart) : (_starts[part.End - 1], _ends[part.End - 1]);
            Reserve(ref _newBytes, ref _newStarts, ref _newEnds, _newCount + content.Length, _newCount);
            content.CopyTo(_newBytes.AsSpan(_newCount));
            _newStarts.AsSpan(_newCount, content.Length).Fill(start);
            _newEnds.AsSpan(_newCount, content.Length).Fill(end);
            _newCount += content.Length;
        }

        Commit();
    }

    /// <summary>Keeps the characters of a predicate's choice.</summary>
    public void Remove(CodePointSet set)
    {
        bool any = false;
        for (int at = 0; at < _count && !any;)
        {
            any = set.Contains(Utf8.Next(Text, ref at));
        }

        if (!any)
        {
            return;
        }

        // A character is written when it is known how many behind it go.
        int removed = 0;
        int last = -1;
        bool begun = false;
        for (int at = 0; at < _count;)
        {
            int c = Utf8.Next(Text, ref at);
            if (set.Contains(c))
            {
                removed++;
                continue;
            }

            if (last < 0)
            {
                Begin(removed);
                begun = true;
            }
            else
            {
                Emit(last, -removed);
            }

            last = c;
            removed = 0;
        }

        if (!begun)
        {
            Begin();
        }
        else
        {
            Emit(last, -removed);
        }

        Commit();
    }

    /// <summary>Removes white space at the ends.</summary>
    public void Strip(bool left, bool right)
    {
        CodePointSet space = CharacterSets.WhiteSpace;
        int leading = 0;
        int from = 0;
        while (left && space.TryStep(Text, ref from))
        {
            leading++;
        }

        int trailing = 0;
        int to = _count;
        while (right && to > 0)
        {
            int before = Utf8.Previous(Text, to);
            if (!space.Contains(Utf8.At(Text, before)))
            {
                break;
            }

            to = before;
            trailing++;
        }

        if (leading == 0 && trailing == 0)
        {
            return;
        }

        Begin(leading);
        int index = leading;

        // The reference compares a count of characters with one of bytes here. What comes of it cannot be seen: the characters
        // behind the last one are dropped either way.
        for (int at = from; at < to; index++)
        {
            Emit(Utf8.Next(Text, ref at), 0);
        }

        Commit();
    }

    private void Skip(int characters)
    {
        while (characters-- > 0 && _source < _count)
        {
            _source += Utf8.LengthOf(_bytes[_source]);
        }
    }

    private void Keep(int from, int to)
    {
        int length = to - from;
        Reserve(ref _newBytes, ref _newStarts, ref _newEnds, _newCount + length, _newCount);
        _bytes.AsSpan(from, length).CopyTo(_newBytes.AsSpan(_newCount));
        _starts.AsSpan(from, length).CopyTo(_newStarts.AsSpan(_newCount));
        _ends.AsSpan(from, length).CopyTo(_newEnds.AsSpan(_newCount));
        _newCount += length;
    }

    private void Align()
    {
        if (_aligned)
        {
            return;
        }

        TextBuffer.Ranges.OfOriginal(Text, OriginalStart, _starts, _ends);
        _aligned = true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reserve(ref byte[] bytes, ref int[] starts, ref int[] ends, int length, int keep)
    {
        if (bytes.Length < length)
        {
            Grow(ref bytes, ref starts, ref ends, length, keep);
        }
    }

    private static void Grow(ref byte[] bytes, ref int[] starts, ref int[] ends, int length, int keep)
    {
        int size = Math.Max(length, bytes.Length * 2);
        byte[] newBytes = new byte[size];
        int[] newStarts = new int[size];
        int[] newEnds = new int[size];
        bytes.AsSpan(0, keep).CopyTo(newBytes);
        starts.AsSpan(0, keep).CopyTo(newStarts);
        ends.AsSpan(0, keep).CopyTo(newEnds);
        (bytes, starts, ends) = (newBytes, newStarts, newEnds);
    }
}
