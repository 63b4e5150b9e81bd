namespace Snug.Tokenizers;

/// <content>What the steps behind the model do to encodings that are not finished.</content>
public sealed partial class Encoding
{
    internal Encoding[] OverflowingParts
    {
        get => _overflowing;
        set => _overflowing = value;
    }

    internal static Encoding OfTokens(
        int[] ids, string[] tokens, OffsetRange[] bytes, OffsetRange[] codePoints, OffsetRange[] utf16, int?[] words, int typeId)
    {
        Encoding encoding = new()
        {
            _ids = ids,
            _tokens = tokens,
            _bytes = bytes,
            _codePoints = codePoints,
            _utf16 = utf16,
            _words = words,
            _typeIds = new int[ids.Length],
            _special = new int[ids.Length],
            _attention = new int[ids.Length],
        };
        encoding._typeIds.AsSpan().Fill(typeId);
        encoding._attention.AsSpan().Fill(1);
        return encoding;
    }

    /// <summary>Tokens that are not from a text.</summary>
    internal static Encoding OfSpecial(int[] ids, string[] tokens, int typeId)
    {
        OffsetRange[] offsets = new OffsetRange[ids.Length];
        Encoding encoding = OfTokens(ids, tokens, offsets, offsets, offsets, new int?[ids.Length], typeId);
        encoding._special.AsSpan().Fill(1);
        return encoding;
    }

    /// <summary>Says that all tokens are of a sequence, besides what was said before.</summary>
    internal void SetSequence(int sequence) => AddSequence(sequence, new OffsetRange(0, Length));

    /// <summary>Says that some tokens are of a sequence, and forgets what was said before.</summary>
    internal void SetOnlySequence(int sequence, int start, int length) => _sequences = [(sequence, new OffsetRange(start, start + length))];

    internal void SetTypeIds(int typeId)
    {
        _typeIds = new int[Length];
        _typeIds.AsSpan().Fill(typeId);
    }

    /// <summary>Says that no token is special, and all are to be attended to.</summary>
    internal void ClearMask()
    {
        _special = new int[Length];
        _attention = new int[Length];
        _attention.AsSpan().Fill(1);
    }

    /// <summary>A copy that shares what is not changed afterwards; later steps only replace arrays.</summary>
    internal Encoding Copy() => (Encoding)MemberwiseClone();

    /// <summary>All of them, one after the other.</summary>
    internal static Encoding Merge(IReadOnlyList<Encoding> encodings)
    {
        if (encodings.Count == 1)
        {
            return encodings[0];
        }

        bool overflows = false;
        foreach (Encoding encoding in encodings)
        {
            overflows |= encoding._overflowing.Length > 0;
        }

        Encoding whole = new();
        if (!overflows)
        {
            whole.Concatenate(encodings);
            return whole;
        }

        foreach (Encoding encoding in encodings)
        {
            whole.Append(encoding);
        }

        return whole;
    }

    /// <summary>Keeps the first (or last) tokens; the rest overflows in windows that overlap by a stride.</summary>
    internal void Truncate(int length, int stride, TruncationDirection direction)
    {
        if (length >= Length)
        {
            return;
        }

        if (length == 0)
        {
            Encoding all = Copy();
            Become(new Encoding());
            _overflowing = [all];
            return;
        }

        if (stride >= length)
        {
            throw new TokenizerException($"The stride of {stride} must be less than the {length} tokens that truncation leaves.");
        }

        List<Encoding> parts = [];
        int step = length - stride;
        if (direction == TruncationDirection.Right)
        {
            for (int start = 0; start < Length; start += step)
            {
                int end = Math.Min(start + length, Length);
                parts.Add(Slice(start, end));
                if (end == Length)
                {
                    break;
                }
            }
        }
        else
        {
            for (int end = Length; end > 0; end -= step)
            {
                int start = Math.Max(end - length, 0);
                parts.Add(Slice(start, end));
                if (start == 0)
                {
                    break;
                }
            }
        }

        Become(parts[0]);
        _overflowing = [.. parts.Skip(1)];
    }

    /// <summary>Fills up with a padding token; what overflows, too.</summary>
    internal Encoding Pad(int length, PaddingOptions options)
    {
        Encoding padded = Copy();
        padded._overflowing = Array.ConvertAll(_overflowing, part => part.Pad(length, options));
        int missing = length - Length;
        if (missing <= 0)
        {
            return padded;
        }

        bool left = options.Direction == PaddingDirection.Left;
        padded._ids = Extend(_ids, missing, options.PadId, left);
        padded._typeIds = Extend(_typeIds, missing, options.PadTypeId, left);
        padded._tokens = Extend(_tokens, missing, options.PadToken, left);
        padded._words = Extend(_words, missing, null, left);
        padded._attention = Extend(_attention, missing, 0, left);
        padded._special = Extend(_special, missing, 1, left);
        padded._bytes = Extend(_bytes, missing, default, left);
        padded._codePoints = ReferenceEquals(_codePoints, _bytes) ? padded._bytes : Extend(_codePoints, missing, default, left);
        padded._utf16 = ReferenceEquals(_utf16, _bytes) ? padded._bytes : ReferenceEquals(_utf16, _codePoints) ? padded._codePoints : Extend(_utf16, missing, default, left);
        if (left)
        {
            padded._sequences = Array.ConvertAll(_sequences, entry => (entry.Sequence, Shift(entry.Range, missing)));
        }

        return padded;
    }

    /// <summary>Takes white space at the ends of tokens out of the offsets.</summary>
    internal void TrimOffsets(bool addPrefixSpace)
    {
        OffsetRange[] bytes = (OffsetRange[])_bytes.Clone();
        OffsetRange[] codePoints = ReferenceEquals(_codePoints, _bytes) ? bytes : (OffsetRange[])_codePoints.Clone();
        OffsetRange[] utf16 = ReferenceEquals(_utf16, _bytes) ? bytes : (OffsetRange[])_utf16.Clone();
        for (int i = 0; i < Length; i++)
        {
            (int leading, int trailing) = Spaces(_tokens[i]);
            if (leading == 0 && trailing == 0)
            {
                continue;
            }

            bytes[i] = Trim(bytes[i], i, leading, trailing, addPrefixSpace);
            if (!ReferenceEquals(codePoints, bytes))
            {
                codePoints[i] = Trim(codePoints[i], i, leading, trailing, addPrefixSpace);
            }

            if (!ReferenceEquals(utf16, bytes))
            {
                utf16[i] = Trim(utf16[i], i, leading, trailing, addPrefixSpace);
            }
        }

        (_bytes, _codePoints, _utf16) = (bytes, codePoints, utf16);
    }

    private static OffsetRange Trim(OffsetRange offset, int index, int leading, int trailing, bool addPrefixSpace)
    {
        (int start, int end) = offset;
        if (leading > 0)
        {
            bool isFirst = index == 0 || start == 0;
            int removed = isFirst && addPrefixSpace && leading == 1 ? 0 : leading;
            start = Math.Min(start + removed, end);
        }

        if (trailing > 0 && end >= trailing)
        {
            end = Math.Max(end - trailing, start);
        }

        return new OffsetRange(start, end);
    }

    private static (int Leading, int Trailing) Spaces(string token)
    {
        int leading = 0;
        while (leading < token.Length && IsSpace(token[leading]))
        {
            leading++;
        }

        int trailing = 0;
        while (trailing < token.Length && IsSpace(token[^(trailing + 1)]))
        {
            trailing++;
        }

        return (leading, trailing);
    }

    private static bool IsSpace(char c) => c == ByteAlphabet.Space || (!char.IsSurrogate(c) && CharacterSets.WhiteSpace.Contains(c));

    private static OffsetRange Shift(OffsetRange range, int by) => new(range.Start + by, range.End + by);

    private void AddSequence(int sequence, OffsetRange range)
    {
        int at = Array.FindIndex(_sequences, entry => entry.Sequence == sequence);
        _sequences = at < 0 ? [.. _sequences, (sequence, range)] : [.. _sequences[..at], (sequence, range), .. _sequences[(at + 1)..]];
    }

    private static T[] Extend<T>(T[] values, int missing, T filler, bool left)
    {
        T[] extended = new T[values.Length + missing];
        values.CopyTo(extended, left ? missing : 0);
        extended.AsSpan(left ? 0 : values.Length, missing).Fill(filler);
        return extended;
    }

    private Encoding Slice(int start, int end)
    {
        OffsetRange[] bytes = _bytes[start..end];
        OffsetRange[] codePoints = ReferenceEquals(_codePoints, _bytes) ? bytes : _codePoints[start..end];
        return new Encoding
        {
            _ids = _ids[start..end],
            _typeIds = _typeIds[start..end],
            _tokens = _tokens[start..end],
            _words = _words[start..end],
            _bytes = bytes,
            _codePoints = codePoints,
            _utf16 = ReferenceEquals(_utf16, _bytes) ? bytes : _utf16[start..end],
            _special = _special[start..end],
            _attention = _attention[start..end],
        };
    }

    private void Become(Encoding other)
    {
        (_ids, _typeIds, _tokens, _words) = (other._ids, other._typeIds, other._tokens, other._words);
        (_bytes, _codePoints, _utf16) = (other._bytes, other._codePoints, other._utf16);
        (_special, _attention, _overflowing) = (other._special, other._attention, other._overflowing);
        _sequences = other._sequences;
    }

    /// <summary>Appends another; the parts that overflow are those of this followed by all of the other, and this followed by the other's.</summary>
    private void Append(Encoding other)
    {
        List<Encoding> overflowing = [];
        foreach (Encoding part in _overflowing)
        {
            overflowing.Add(Joined(part, other));
            foreach (Encoding otherPart in other._overflowing)
            {
                overflowing.Add(Joined(part, otherPart));
            }
        }

        foreach (Encoding otherPart in other._overflowing)
        {
            overflowing.Add(Joined(this, otherPart));
        }

        Encoding whole = new();
        whole.Concatenate([this, other]);
        Become(whole);
        _overflowing = [.. overflowing];
    }

    // Parts of parts overflow in turn in the reference, though nothing there shows them.
    private static Encoding Joined(Encoding left, Encoding right)
    {
        Encoding joined = left.Copy();
        joined.Append(right);
        return joined;
    }

    private void Concatenate(IReadOnlyList<Encoding> parts)
    {
        int length = 0;
        bool bytesAreCodePoints = true;
        bool bytesAreUtf16 = true;
        foreach (Encoding part in parts)
        {
            foreach ((int sequence, OffsetRange range) in part._sequences)
            {
                AddSequence(sequence, Shift(range, length));
            }

            length += part.Length;
            bytesAreCodePoints &= ReferenceEquals(part._bytes, part._codePoints);
            bytesAreUtf16 &= ReferenceEquals(part._bytes, part._utf16);
        }

        _ids = Join(parts, static part => part._ids, length);
        _typeIds = Join(parts, static part => part._typeIds, length);
        _tokens = Join(parts, static part => part._tokens, length);
        _words = Join(parts, static part => part._words, length);
        _special = Join(parts, static part => part._special, length);
        _attention = Join(parts, static part => part._attention, length);
        _bytes = Join(parts, static part => part._bytes, length);
        _codePoints = bytesAreCodePoints ? _bytes : Join(parts, static part => part._codePoints, length);
        _utf16 = bytesAreUtf16 ? _bytes : Join(parts, static part => part._utf16, length);
    }

    private static T[] Join<T>(IReadOnlyList<Encoding> parts, Func<Encoding, T[]> array, int length)
    {
        T[] joined = new T[length];
        int at = 0;
        foreach (Encoding part in parts)
        {
            T[] values = array(part);
            values.CopyTo(joined, at);
            at += values.Length;
        }

        return joined;
    }
}
