namespace Snug.Tokenizers;

/// <summary>The symbols of one piece of text while pairs merge. Short pieces look for the lowest rank, long ones use a heap.</summary>
internal sealed class BpeWord
{
    // Above this many symbols the heap is faster than looking through all pairs.
    private const int LongWord = 48;

    private const int None = int.MaxValue;

    [ThreadStatic]
    private static BpeWord? _ofThread;

    private readonly PriorityQueue<int, long> _queue = new();
    private readonly List<(int Position, int Rank)> _skipped = [];
    private int[] _ids = new int[64];
    private int[] _lengths = new int[64];
    private int[] _next = new int[64];
    private int[] _previous = new int[64];
    private int[] _ranks = new int[64];
    private int[] _products = new int[64];
    private int _count;

    public static BpeWord OfThread => _ofThread ??= new BpeWord();

    public void Clear() => _count = 0;

    public void Add(int id, int length)
    {
        if (_count == _ids.Length)
        {
            Array.Resize(ref _ids, _count * 2);
            Array.Resize(ref _lengths, _count * 2);
            Array.Resize(ref _next, _count * 2);
            Array.Resize(ref _previous, _count * 2);
            Array.Resize(ref _ranks, _count * 2);
            Array.Resize(ref _products, _count * 2);
        }

        _ids[_count] = id;
        _lengths[_count++] = length;
    }

    /// <summary>Merges pairs, lowest rank first, of equal ranks the leftmost.</summary>
    public void Merge(MergeTable merges)
    {
        if (_count < 2)
        {
            return;
        }

        if (_count > LongWord)
        {
            MergeWithHeap(merges);
            return;
        }

        for (int i = 0; i < _count - 1; i++)
        {
            _ranks[i] = merges.TryGet(_ids[i], _ids[i + 1], out int rank, out _products[i]) ? rank : None;
        }

        _ranks[_count - 1] = None;
        while (true)
        {
            int best = 0;
            int lowest = _ranks[0];
            for (int i = 1; i < _count; i++)
            {
                if (_ranks[i] < lowest)
                {
                    lowest = _ranks[i];
                    best = i;
                }
            }

            if (lowest == None)
            {
                return;
            }

            _ids[best] = _products[best];
            _lengths[best] += _lengths[best + 1];
            int moved = _count - best - 2;
            Array.Copy(_ids, best + 2, _ids, best + 1, moved);
            Array.Copy(_lengths, best + 2, _lengths, best + 1, moved);
            Array.Copy(_ranks, best + 2, _ranks, best + 1, moved);
            Array.Copy(_products, best + 2, _products, best + 1, moved);
            _count--;
            _ranks[best] = best + 1 < _count && merges.TryGet(_ids[best], _ids[best + 1], out int right, out _products[best]) ? right : None;
            if (best > 0)
            {
                _ranks[best - 1] = merges.TryGet(_ids[best - 1], _ids[best], out int left, out _products[best - 1]) ? left : None;
            }
        }
    }

    /// <summary>Merges pairs in the same order, but leaves each out with a probability; those left out come back after the next merge.</summary>
    public void MergeRandomly(MergeTable merges, double dropout)
    {
        Link();
        _queue.Clear();
        _skipped.Clear();
        for (int i = 0; i < _count - 1; i++)
        {
            Enqueue(merges, i);
        }

        while (_queue.TryDequeue(out int position, out long priority))
        {
            if (Random.Shared.NextSingle() < dropout)
            {
                _skipped.Add((position, (int)(priority >> 32)));
                continue;
            }

            foreach ((int skipped, int rank) in _skipped)
            {
                _queue.Enqueue(skipped, ((long)rank << 32) | (uint)skipped);
            }

            _skipped.Clear();
            Apply(merges, position, (int)(priority >> 32));
        }

        Compact();
    }

    public void CopyTo(TokenList tokens)
    {
        int at = 0;
        for (int i = 0; i < _count; i++)
        {
            int end = at + _lengths[i];
            tokens.Add(_ids[i], at, end);
            at = end;
        }
    }

    private void MergeWithHeap(MergeTable merges)
    {
        Link();
        _queue.Clear();
        for (int i = 0; i < _count - 1; i++)
        {
            Enqueue(merges, i);
        }

        while (_queue.TryDequeue(out int position, out long priority))
        {
            Apply(merges, position, (int)(priority >> 32));
        }

        Compact();
    }

    private void Link()
    {
        for (int i = 0; i < _count; i++)
        {
            _previous[i] = i - 1;
            _next[i] = i + 1 < _count ? i + 1 : -1;
        }
    }

    private void Enqueue(MergeTable merges, int position)
    {
        if (merges.TryGet(_ids[position], _ids[_next[position]], out int rank, out _))
        {
            _queue.Enqueue(position, ((long)rank << 32) | (uint)position);
        }
    }

    /// <summary>Merges the pair at a place if it still has the rank that it had when it was queued.</summary>
    private void Apply(MergeTable merges, int position, int expected)
    {
        if (_lengths[position] == 0 || _next[position] < 0)
        {
            return;
        }

        int right = _next[position];
        if (!merges.TryGet(_ids[position], _ids[right], out int rank, out int product) || rank != expected)
        {
            return;
        }

        _ids[position] = product;
        _lengths[position] += _lengths[right];
        _lengths[right] = 0;
        _next[position] = _next[right];
        if (_next[right] >= 0)
        {
            _previous[_next[right]] = position;
            Enqueue(merges, position);
        }

        if (_previous[position] >= 0)
        {
            Enqueue(merges, _previous[position]);
        }
    }

    private void Compact()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_lengths[i] > 0)
            {
                _ids[kept] = _ids[i];
                _lengths[kept++] = _lengths[i];
            }
        }

        _count = kept;
    }
}
