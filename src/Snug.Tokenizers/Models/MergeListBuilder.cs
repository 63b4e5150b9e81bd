namespace Snug.Tokenizers;

/// <summary>Gathers merges as text; they become numbers when the vocabulary is known.</summary>
internal sealed class MergeListBuilder
{
    private byte[] _bytes = new byte[4096];
    private int[] _ends = new int[1024];
    private int _length;
    private int _parts;

    /// <summary>Number of merges.</summary>
    public int Count => _parts / 2;

    /// <summary>Adds the left part of a merge, then its right part.</summary>
    public void AddPart(ReadOnlySpan<byte> part, bool last)
    {
        System.Diagnostics.Debug.Assert(last == (_parts % 2 == 1), "Parts come in pairs.");
        if (_length + (long)part.Length > Array.MaxLength)
        {
            throw new TokenizerException("The merges are too large.");
        }

        if (_length + part.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(_bytes.Length * 2L, _length + part.Length), Array.MaxLength));
        }

        if (_parts == _ends.Length)
        {
            Array.Resize(ref _ends, _parts * 2);
        }

        part.CopyTo(_bytes.AsSpan(_length));
        _length += part.Length;
        _ends[_parts++] = _length;
    }

    /// <summary>Makes the table of merges; every part and every product must be in the vocabulary.</summary>
    public MergeTable Build(Vocabulary vocabulary, int prefixLength, string path)
    {
        MergeTable table = new(Count);
        byte[] product = [];
        int start = 0;
        for (int merge = 0; merge < Count; merge++)
        {
            int middle = _ends[2 * merge];
            int end = _ends[(2 * merge) + 1];
            ReadOnlySpan<byte> left = _bytes.AsSpan(start, middle - start);
            ReadOnlySpan<byte> right = _bytes.AsSpan(middle, end - middle);
            int leftId = Find(vocabulary, left, merge, path);
            int rightId = Find(vocabulary, right, merge, path);
            int productId;
            if (prefixLength == 0)
            {
                productId = Find(vocabulary, _bytes.AsSpan(start, end - start), merge, path);
            }
            else
            {
                if (right.Length < prefixLength)
                {
                    throw new TokenizerException("has a right part that is shorter than the prefix of inner parts", $"{path}[{merge}]");
                }

                product = [.. left, .. right[prefixLength..]];
                productId = Find(vocabulary, product, merge, path);
            }

            table.Add(leftId, rightId, merge, productId);
            start = end;
        }

        return table;
    }

    private static int Find(Vocabulary vocabulary, ReadOnlySpan<byte> token, int merge, string path)
    {
        int id = vocabulary.Find(token);
        return id >= 0 ? id : throw new TokenizerException($"needs the token '{Utf8.ToText(token)}', which is not in the vocabulary", $"{path}[{merge}]");
    }
}
