using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>Gathers merges as text; they become numbers when the vocabulary is known.</summary>
internal sealed class MergeListBuilder
{
    // Fewer than these are done before another thread has begun.
    private const int ParallelFrom = 20_000;

    private const int MaxWorkers = 8;

    private byte[] _bytes = new byte[4096];
    private int[] _ends = new int[1024];
    private int _length;
    private int _parts;

    /// <summary>Number of merges.</summary>
    public int Count => _parts / 2;

    /// <summary>Adds the left part of a merge, then its right part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddPart(ReadOnlySpan<byte> part, bool last)
    {
        System.Diagnostics.Debug.Assert(last == (_parts % 2 == 1), "Parts come in pairs.");
        if (part.Length > _bytes.Length - _length || _parts == _ends.Length)
        {
            Grow(part.Length);
        }

        part.CopyTo(_bytes.AsSpan(_length));
        _length += part.Length;
        _ends[_parts++] = _length;
    }

    /// <summary>Makes the table of merges; every part and every product must be in the vocabulary. A large one is still being filled.</summary>
    public MergeTable Build(Vocabulary vocabulary, int prefixLength, string path)
    {
        int[] numbers = new int[Count * 3];
        int workers = Count < ParallelFrom ? 1 : Math.Min(Environment.ProcessorCount, MaxWorkers);
        int[] wrong = new int[workers];
        if (workers == 1)
        {
            wrong[0] = Find(vocabulary, prefixLength, 0, Count, numbers);
        }
        else
        {
            Parallel.For(0, workers, worker =>
                wrong[worker] = Find(vocabulary, prefixLength, (int)((long)Count * worker / workers), (int)((long)Count * (worker + 1) / workers), numbers));
        }

        // Workers have their merges in order, so the first that is wrong in the file is found first.
        int found = Array.FindIndex(wrong, merge => merge >= 0);
        if (found >= 0)
        {
            throw Error(vocabulary, prefixLength, wrong[found], $"{path}[{wrong[found]}]");
        }

        MergeTable table = new(Count);
        if (workers == 1)
        {
            table.Add(numbers);
        }
        else
        {
            table.Fill(numbers);
        }

        return table;
    }

    /// <summary>Finds the numbers of left part, right part and product of some merges; returns the first merge that lacks one, or -1.</summary>
    // Optimized from the first call: most programs load one tokenizer.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find(Vocabulary vocabulary, int prefixLength, int from, int to, Span<int> numbers)
    {
        byte[] product = [];
        int start = from == 0 ? 0 : _ends[(2 * from) - 1];
        for (int merge = from; merge < to; merge++)
        {
            int middle = _ends[2 * merge];
            int end = _ends[(2 * merge) + 1];
            ReadOnlySpan<byte> whole = _bytes.AsSpan(start, end - start);
            if (prefixLength > 0)
            {
                if (end - middle < prefixLength)
                {
                    return merge;
                }

                product = [.. whole[..(middle - start)], .. whole[(middle - start + prefixLength)..]];
            }

            int left = vocabulary.Find(whole[..(middle - start)]);
            int right = vocabulary.Find(whole[(middle - start)..]);
            int both = vocabulary.Find(prefixLength > 0 ? product : whole);
            if ((left | right | both) < 0)
            {
                return merge;
            }

            (numbers[3 * merge], numbers[(3 * merge) + 1], numbers[(3 * merge) + 2]) = (left, right, both);
            start = end;
        }

        return -1;
    }

    private TokenizerException Error(Vocabulary vocabulary, int prefixLength, int merge, string path)
    {
        int start = merge == 0 ? 0 : _ends[(2 * merge) - 1];
        int middle = _ends[2 * merge];
        ReadOnlySpan<byte> left = _bytes.AsSpan(start, middle - start);
        ReadOnlySpan<byte> right = _bytes.AsSpan(middle, _ends[(2 * merge) + 1] - middle);
        ReadOnlySpan<byte> missing = vocabulary.Find(left) < 0 ? left : right;
        if (vocabulary.Find(left) >= 0 && vocabulary.Find(right) >= 0)
        {
            if (right.Length < prefixLength)
            {
                return new TokenizerException("has a right part that is shorter than the prefix of inner parts", path);
            }

            missing = (byte[])[.. left, .. right[prefixLength..]];
        }

        return new TokenizerException($"needs the token '{Utf8.ToText(missing)}', which is not in the vocabulary", path);
    }

    private void Grow(int length)
    {
        if (_length + (long)length > Array.MaxLength)
        {
            throw new TokenizerException("The merges are too large.");
        }

        if (_length + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(_bytes.Length * 2L, _length + length), Array.MaxLength));
        }

        if (_parts == _ends.Length)
        {
            Array.Resize(ref _ends, _parts * 2);
        }
    }
}
