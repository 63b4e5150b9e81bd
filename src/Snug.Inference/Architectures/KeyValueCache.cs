namespace Snug.Inference;

/// <summary>
/// Keys and values of the tokens that a model has read. Keys lie in blocks of 16 positions, dimension by dimension, so that scores are
/// computed for whole vectors of positions; values lie position by position. Grows by doubling.
/// </summary>
internal sealed unsafe class KeyValueCache : IDisposable
{
    private const int InitialCapacity = 256;
    private readonly int _heads;
    private readonly int _headSize;
    private readonly int _limit;
    private readonly NativeBuffer?[] _keys;
    private readonly NativeBuffer?[] _values;
    private bool _disposed;

    public KeyValueCache(ModelConfiguration configuration, int limit)
    {
        _heads = configuration.KeyValueHeadCount;
        _headSize = configuration.HeadSize;
        _limit = RoundUp(limit);
        _keys = new NativeBuffer?[configuration.LayerCount];
        _values = new NativeBuffer?[configuration.LayerCount];
    }

    /// <summary>Positions that there is room for; a multiple of a key block.</summary>
    public int Capacity { get; private set; }

    /// <summary>Bytes taken.</summary>
    public long ByteLength => 2L * _keys.Length * _heads * Capacity * _headSize * sizeof(float);

    public float* Keys(int layer, int head) => _keys[layer]!.Singles + ((long)head * Capacity * _headSize);

    public float* Values(int layer, int head) => _values[layer]!.Singles + ((long)head * Capacity * _headSize);

    /// <summary>Makes room for that many positions.</summary>
    public void Reserve(int positions)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (positions <= Capacity)
        {
            return;
        }

        int capacity = (int)Math.Min(_limit, Math.Max(RoundUp(positions), Math.Max(InitialCapacity, 2L * Capacity)));
        for (int layer = 0; layer < _keys.Length; layer++)
        {
            _keys[layer] = Grow(_keys[layer], capacity);
            _values[layer] = Grow(_values[layer], capacity);
        }

        Capacity = capacity;
    }

    /// <summary>Writes the key and value of one head at one position.</summary>
    public void Store(int layer, int head, int position, float* key, float* value)
    {
        const int Block = Kernels.KeyBlock;
        float* block = Keys(layer, head) + ((long)(position / Block) * Block * _headSize) + (position % Block);
        for (int d = 0; d < _headSize; d++)
        {
            block[d * Block] = key[d];
        }

        new ReadOnlySpan<float>(value, _headSize).CopyTo(new Span<float>(Values(layer, head) + ((long)position * _headSize), _headSize));
    }

    /// <summary>Takes over the first positions of another cache of the same model.</summary>
    public void CopyFrom(KeyValueCache other, int positions)
    {
        Reserve(positions);
        int rounded = RoundUp(positions);
        long bytes = (long)rounded * _headSize * sizeof(float);
        for (int layer = 0; layer < _keys.Length && positions > 0; layer++)
        {
            for (int head = 0; head < _heads; head++)
            {
                Buffer.MemoryCopy(other.Keys(layer, head), Keys(layer, head), bytes, bytes);
                Buffer.MemoryCopy(other.Values(layer, head), Values(layer, head), bytes, bytes);
            }
        }
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (NativeBuffer? buffer in _keys.Concat(_values))
        {
            buffer?.Dispose();
        }
    }

    private static int RoundUp(int positions) => checked(positions + Kernels.KeyBlock - 1) / Kernels.KeyBlock * Kernels.KeyBlock;

    private NativeBuffer Grow(NativeBuffer? old, int capacity)
    {
        NativeBuffer grown = NativeBuffer.OfSingles((long)_heads * capacity * _headSize);
        if (old is not null)
        {
            long used = (long)Capacity * _headSize * sizeof(float);
            for (int head = 0; head < _heads; head++)
            {
                Buffer.MemoryCopy(old.Pointer + (head * used), grown.Singles + ((long)head * capacity * _headSize), used, used);
            }

            old.Dispose();
        }

        return grown;
    }
}
