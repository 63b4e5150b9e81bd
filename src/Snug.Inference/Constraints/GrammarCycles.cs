namespace Snug.Inference;

/// <summary>Finds rules that lead to themselves before a byte is written: references in a circle.</summary>
internal static class GrammarCycles
{
    /// <exception cref="ConstraintException">There is such a rule.</exception>
    public static void Refuse(Grammar grammar)
    {
        // 0: not seen, 1: on the way here, 2: done. A call of a rule that can be passed without a byte leads on to its target, too.
        byte[] seen = new byte[grammar.Bytes.Length];
        Stack<(int State, int Next)> way = new();
        for (int start = 0; start < seen.Length; start++)
        {
            if (seen[start] != 0)
            {
                continue;
            }

            seen[start] = 1;
            way.Push((start, 0));
            while (way.TryPop(out (int State, int Next) at))
            {
                int next = Successor(grammar, at.State, at.Next);
                if (next < 0)
                {
                    seen[at.State] = 2;
                    continue;
                }

                way.Push((at.State, at.Next + 1));
                if (seen[next] == 1)
                {
                    throw new ConstraintException("References of the schema lead in a circle.", "$ref");
                }

                if (seen[next] == 0)
                {
                    seen[next] = 1;
                    way.Push((next, 0));
                }
            }
        }
    }

    /// <summary>The n-th state that is reached without a byte; -1 behind the last.</summary>
    private static int Successor(Grammar grammar, int state, int n)
    {
        int[] epsilons = grammar.Epsilons[state];
        if (n < epsilons.Length)
        {
            return epsilons[n];
        }

        n -= epsilons.Length;
        foreach (CallEdge call in grammar.Calls[state])
        {
            if (n-- == 0)
            {
                return call.Start;
            }

            if (grammar.Shortest[call.Start] == 0 && n-- == 0)
            {
                return call.Target;
            }
        }

        return -1;
    }
}
