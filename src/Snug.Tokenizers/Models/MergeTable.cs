using System.Numerics;
using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>Pairs of tokens that merge, with rank and product: open addressing on the pair.</summary>
internal sealed class MergeTable
{
    private readonly Entry[] _entries;
    private readonly int _mask;
    private Task? _filling;

    public MergeTable(int capacity)
    {
        _entries = new Entry[Math.Max(16, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(capacity, 1 << 29) * 2))];
        _mask = _entries.Length - 1;
    }

    /// <summary>Number of pairs.</summary>
    public int Count { get; private set; }

    /// <summary>Begins to add pairs, a left part, a right part and a product each, in the order of their ranks.</summary>
    public void Fill(int[] numbers) => _filling = Task.Run(() => Add(numbers));

    /// <summary>Waits until what was begun is done.</summary>
    public void Complete()
    {
        _filling?.GetAwaiter().GetResult();
        _filling = null;
    }

    // Optimized from the first call: most programs load one tokenizer.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<int> numbers)
    {
        for (int rank = 0; rank < numbers.Length / 3; rank++)
        {
            Add(numbers[3 * rank], numbers[(3 * rank) + 1], rank, numbers[(3 * rank) + 2]);
        }
    }

    /// <summary>Adds a pair; of a pair that comes twice, the last rank counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int left, int right, int rank, int product)
    {
        ulong key = Key(left, right);
        int slot = (int)ByteHash.Of(key) & _mask;
        while (_entries[slot].Key != 0 && _entries[slot].Key != key)
        {
            slot = (slot + 1) & _mask;
        }

        Count += _entries[slot].Key == 0 ? 1 : 0;
        _entries[slot] = new Entry { Key = key, Rank = rank, Product = product };
    }

    /// <summary>Finds the rank and the product of a pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(int left, int right, out int rank, out int product)
    {
        ulong key = Key(left, right);
        for (int slot = (int)ByteHash.Of(key) & _mask; ; slot = (slot + 1) & _mask)
        {
            ref readonly Entry entry = ref _entries[slot];
            if (entry.Key == key)
            {
                (rank, product) = (entry.Rank, entry.Product);
                return true;
            }

            if (entry.Key == 0)
            {
                rank = product = -1;
                return false;
            }
        }
    }

    /// <summary>All pairs in the order of their ranks.</summary>
    public IEnumerable<(int Left, int Right)> InOrder() =>
        _entries.Where(entry => entry.Key != 0).OrderBy(entry => entry.Rank).Select(entry => ((int)(entry.Key >> 32) - 1, (int)(uint)entry.Key));

    // No pair has the key 0.
    private static ulong Key(int left, int right) => ((ulong)(left + 1) << 32) | (uint)right;

    private struct Entry
    {
        public ulong Key;
        public int Rank;
        public int Product;
    }
}
