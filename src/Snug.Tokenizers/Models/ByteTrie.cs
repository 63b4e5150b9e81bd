using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>An immutable prefix tree over byte strings. Children of a node lie side by side, in the order of their bytes.</summary>
internal sealed class ByteTrie
{
    /// <summary>The start of every walk.</summary>
    public const int Root = 0;

    private readonly int[] _firstChild;
    private readonly byte[] _labels;
    private readonly int[] _values;
    private readonly int[] _rootChildren = new int[256];

    /// <param name="keys">The strings.</param>
    /// <param name="values">A number of 0 or more for each string; of equal strings the last counts.</param>
    // Optimized from the first call: most programs load one tokenizer, and some have thousands of added tokens.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ByteTrie(IReadOnlyList<ReadOnlyMemory<byte>> keys, IReadOnlyList<int> values)
    {
        int[] order = [.. Enumerable.Range(0, keys.Count)];
        Array.Sort(order, (left, right) =>
        {
            int difference = keys[left].Span.SequenceCompareTo(keys[right].Span);
            return difference != 0 ? difference : left - right;
        });

        // Breadth first: a node is a range of sorted keys that share a prefix.
        List<int> firstChild = [];
        List<byte> labels = [0];
        List<int> nodeValues = [];
        Queue<(int From, int To, int Depth)> waiting = new();
        waiting.Enqueue((0, order.Length, 0));
        int made = 1;
        while (waiting.TryDequeue(out (int From, int To, int Depth) node))
        {
            int from = node.From;
            int value = -1;
            while (from < node.To && keys[order[from]].Length == node.Depth)
            {
                value = values[order[from++]];
            }

            nodeValues.Add(value);
            firstChild.Add(made);
            while (from < node.To)
            {
                byte label = keys[order[from]].Span[node.Depth];
                int end = from + 1;
                while (end < node.To && keys[order[end]].Span[node.Depth] == label)
                {
                    end++;
                }

                labels.Add(label);
                waiting.Enqueue((from, end, node.Depth + 1));
                made++;
                from = end;
            }
        }

        firstChild.Add(made);
        (_firstChild, _labels, _values) = ([.. firstChild], [.. labels], [.. nodeValues]);
        Array.Fill(_rootChildren, -1);
        for (int child = _firstChild[Root]; child < _firstChild[Root + 1]; child++)
        {
            _rootChildren[_labels[child]] = child;
        }
    }

    /// <summary>The node behind a byte, or -1.</summary>
    public int Child(int node, byte label)
    {
        if (node == Root)
        {
            return _rootChildren[label];
        }

        int from = _firstChild[node];
        int count = _firstChild[node + 1] - from;
        int found = count <= 8 ? _labels.AsSpan(from, count).IndexOf(label) : _labels.AsSpan(from, count).BinarySearch(label);
        return found < 0 ? -1 : from + found;
    }

    /// <summary>The number of the string that ends at a node, or -1.</summary>
    public int Value(int node) => _values[node];

    /// <summary>The node behind a whole string, or -1.</summary>
    public int Walk(ReadOnlySpan<byte> text)
    {
        int node = Root;
        foreach (byte label in text)
        {
            node = Child(node, label);
            if (node < 0)
            {
                return -1;
            }
        }

        return node;
    }
}
