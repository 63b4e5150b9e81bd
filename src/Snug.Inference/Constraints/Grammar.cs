namespace Snug.Inference;

/// <summary>
/// What may be written, byte by byte: rules, each a graph of states with one start and one end, that call one another. A call is an edge
/// that is passed when the rule that it names has been passed.
/// </summary>
internal sealed class Grammar
{
    /// <summary>More bytes than anything takes: there is no way to the end.</summary>
    public const int Never = int.MaxValue / 4;

    /// <summary>Most containers within one another. Readers of JSON commonly stop at 64.</summary>
    public const int MaxDepth = 32;

    private Grammar()
    {
    }

    public required int StartState { get; init; }

    /// <summary>For each state the edges over bytes.</summary>
    public required ByteEdge[][] Bytes { get; init; }

    /// <summary>For each state the states that it is as good as.</summary>
    public required int[][] Epsilons { get; init; }

    /// <summary>For each state the calls: where the rule starts, and where it goes on.</summary>
    public required CallEdge[][] Calls { get; init; }

    /// <summary>For each state, whether its rule ends with it.</summary>
    public required bool[] IsEnd { get; init; }

    /// <summary>For each state the fewest bytes to the end of its rule.</summary>
    public required int[] Shortest { get; init; }

    /// <summary>For each state the fewest containers within one another on a way to the end of its rule.</summary>
    public required int[] Nesting { get; init; }

    /// <summary>The class of each byte: bytes of one class lead to the same states everywhere.</summary>
    public required byte[] Classes { get; init; }

    public required int ClassCount { get; init; }

    /// <summary>Finishes a grammar.</summary>
    /// <exception cref="ConstraintException">There is no way to write anything, or it is a circle.</exception>
    public static Grammar Create(GrammarBuilder builder, int start)
    {
        int count = builder.States.Count;
        ByteEdge[][] bytes = new ByteEdge[count][];
        int[][] epsilons = new int[count][];
        CallEdge[][] calls = new CallEdge[count][];
        bool[] isEnd = new bool[count];
        for (int state = 0; state < count; state++)
        {
            GrammarState built = builder.States[state];
            (bytes[state], epsilons[state], isEnd[state]) = ([.. built.Bytes], [.. built.Epsilons], built.IsEnd);
            calls[state] = [.. built.Calls.Select(call => new CallEdge(builder.Rules[call.Rule].Start, call.Target, builder.Rules[call.Rule].IsContainer))];
        }

        byte[] classes = ClassesOf(bytes, out int classCount);
        Grammar grammar = new()
        {
            StartState = start,
            Bytes = bytes,
            Epsilons = epsilons,
            Calls = calls,
            IsEnd = isEnd,
            Shortest = Costs(bytes, epsilons, calls, isEnd, nesting: false),
            Nesting = Costs(bytes, epsilons, calls, isEnd, nesting: true),
            Classes = classes,
            ClassCount = classCount,
        };
        GrammarCycles.Refuse(grammar);
        if (grammar.Shortest[start] >= Never)
        {
            throw new ConstraintException("Nothing that is finite satisfies the schema.");
        }

        return grammar.Nesting[start] <= MaxDepth
            ? grammar
            : throw new ConstraintException($"What the schema asks for has more than {MaxDepth} containers within one another.");
    }

    /// <summary>
    /// For each state the least cost to the end of its rule, by sweeps until nothing changes: bytes add up, of containers within one another
    /// the deepest counts.
    /// </summary>
    private static int[] Costs(ByteEdge[][] bytes, int[][] epsilons, CallEdge[][] calls, bool[] isEnd, bool nesting)
    {
        int[] costs = new int[bytes.Length];
        for (int state = 0; state < costs.Length; state++)
        {
            costs[state] = isEnd[state] ? 0 : Never;
        }

        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int state = costs.Length - 1; state >= 0; state--)
            {
                int least = costs[state];
                foreach (ByteEdge edge in bytes[state])
                {
                    least = Math.Min(least, costs[edge.Target] + (nesting ? 0 : 1));
                }

                foreach (int target in epsilons[state])
                {
                    least = Math.Min(least, costs[target]);
                }

                foreach (CallEdge call in calls[state])
                {
                    int inside = costs[call.Start] + (nesting && call.IsContainer ? 1 : 0);
                    least = Math.Min(least, nesting ? Math.Max(inside, costs[call.Target]) : Math.Min(Never, inside + costs[call.Target]));
                }

                if (least < costs[state])
                {
                    (costs[state], changed) = (least, true);
                }
            }
        }

        return costs;
    }

    private static byte[] ClassesOf(ByteEdge[][] bytes, out int count)
    {
        bool[] begins = new bool[257];
        foreach (ByteEdge edge in bytes.SelectMany(edges => edges))
        {
            begins[edge.First] = begins[edge.Last + 1] = true;
        }

        byte[] classes = new byte[256];
        int current = 0;
        for (int value = 1; value < 256; value++)
        {
            current += begins[value] ? 1 : 0;
            classes[value] = (byte)current;
        }

        count = current + 1;
        return classes;
    }
}
