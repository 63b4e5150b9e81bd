namespace Snug.Inference;

/// <summary>
/// Builds a grammar. Each method adds something behind a state and returns the state behind it.
/// </summary>
internal sealed class GrammarBuilder
{
    /// <summary>Most states, which bounds what a schema can ask for: counts of items and characters are written out.</summary>
    public const int MaxStates = 200_000;

    public List<GrammarState> States { get; } = [];

    public List<GrammarRule> Rules { get; } = [];

    public int NewState()
    {
        if (States.Count == MaxStates)
        {
            throw new ConstraintException($"The schema is too large: it takes more than {MaxStates} states.");
        }

        States.Add(new GrammarState());
        return States.Count - 1;
    }

    /// <summary>A rule without content; <see cref="Define"/> gives it one. Its number can be called before.</summary>
    public int NewRule(bool isContainer = false)
    {
        Rules.Add(new GrammarRule(NewState(), isContainer));
        return Rules.Count - 1;
    }

    public void Define(int rule, Func<int, int> content)
    {
        int end = content(Rules[rule].Start);
        if (States[end].IsEnd || end == Rules[rule].Start)
        {
            int own = NewState();
            Epsilon(end, own);
            end = own;
        }

        States[end].IsEnd = true;
    }

    public int Rule(Func<int, int> content, bool isContainer = false)
    {
        int rule = NewRule(isContainer);
        Define(rule, content);
        return rule;
    }

    public void Epsilon(int from, int to) => States[from].Epsilons.Add(to);

    public void Edge(int from, byte first, byte last, int to) => States[from].Bytes.Add(new ByteEdge(first, last, to));

    public void CallTo(int from, int rule, int to) => States[from].Calls.Add((rule, to));

    public int Bytes(int from, byte first, byte last)
    {
        int to = NewState();
        Edge(from, first, last, to);
        return to;
    }

    public int Literal(int from, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            from = Bytes(from, value, value);
        }

        return from;
    }

    public int Call(int from, int rule)
    {
        int to = NewState();
        CallTo(from, rule, to);
        return to;
    }

    public int Choice(int from, IEnumerable<Func<int, int>> choices)
    {
        int to = NewState();
        foreach (Func<int, int> choice in choices)
        {
            // From a state of its own, so that a loop in one does not reach into the others.
            int start = NewState();
            Epsilon(from, start);
            Epsilon(choice(start), to);
        }

        return to;
    }

    /// <summary>Something from a least to a most number of times; null for no most.</summary>
    public int Repeat(int from, int least, int? most, Func<int, int> content)
    {
        for (int i = 0; i < least; i++)
        {
            from = content(from);
        }

        int to = NewState();
        Epsilon(from, to);
        if (most is null)
        {
            int loop = NewState();
            Epsilon(from, loop);
            int behind = content(loop);
            Epsilon(behind, loop);
            Epsilon(behind, to);
            return to;
        }

        for (int i = least; i < most; i++)
        {
            from = content(from);
            Epsilon(from, to);
        }

        return to;
    }
}
