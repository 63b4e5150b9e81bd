namespace Snug.Tokenizers;

/// <summary>Turns a pattern's tree into instructions for <see cref="PatternMatcher"/>.</summary>
internal sealed class PatternCompiler
{
    /// <summary>Most instructions: counted repetitions are written out.</summary>
    public const int MaxInstructions = 200_000;

    /// <summary>Longest text that a look-behind may look at, in characters.</summary>
    public const int MaxLookBehind = 255;

    private readonly List<PatternInstruction> _code = [];
    private readonly List<CodePointSet> _sets = [];
    private readonly Dictionary<CodePointRanges, int> _knownSets = [];
    private readonly List<byte> _literals = [];
    private readonly List<bool[]> _filters = [];
    private readonly Dictionary<int, int> _captures = [];
    private int _registers;

    public static PatternProgram Compile(PatternNode node)
    {
        PatternCompiler compiler = new();
        compiler.FindReferences(node);
        compiler.Emit(node, null);
        compiler.Add(PatternOpCode.Accept);
        (CodePointRanges first, bool empty) = PatternAnalysis.First(node);
        return new PatternProgram(
            [.. compiler._code],
            [.. compiler._sets],
            [.. compiler._literals],
            [.. compiler._filters],
            compiler._registers,
            empty ? null : PatternAnalysis.LeadBytes(first));
    }

    private void FindReferences(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.BackReference reference when !_captures.ContainsKey(reference.Number):
                _captures.Add(reference.Number, _registers);
                _registers += 2;
                break;
            case PatternNode.Sequence sequence:
                foreach (PatternNode item in sequence.Items)
                {
                    FindReferences(item);
                }

                break;
            case PatternNode.Alternation alternation:
                foreach (PatternNode item in alternation.Items)
                {
                    FindReferences(item);
                }

                break;
            case PatternNode.Repeat repeat:
                FindReferences(repeat.Item);
                break;
            case PatternNode.Look look:
                FindReferences(look.Item);
                break;
            case PatternNode.Atomic atomic:
                FindReferences(atomic.Item);
                break;
            case PatternNode.Capture capture:
                FindReferences(capture.Item);
                break;
        }
    }

    private int Add(PatternOpCode code, int a = 0, int b = 0, int c = 0)
    {
        if (_code.Count >= MaxInstructions)
        {
            throw new PatternException($"a pattern that needs more than {MaxInstructions} instructions", 0);
        }

        _code.Add(new PatternInstruction(code, a, b, c));
        return _code.Count - 1;
    }

    private void Target(int instruction) => _code[instruction] = _code[instruction] with { A = _code.Count };

    private int SetIndex(CodePointRanges ranges)
    {
        if (!_knownSets.TryGetValue(ranges, out int index))
        {
            index = _sets.Count;
            _sets.Add(new CodePointSet(ranges));
            _knownSets.Add(ranges, index);
        }

        return index;
    }

    /// <param name="node">What to match.</param>
    /// <param name="follow">What must come next, when that is known.</param>
    private void Emit(PatternNode node, CodePointRanges? follow)
    {
        switch (node)
        {
            case PatternNode.Set set:
                EmitSet(set.Ranges);
                break;
            case PatternNode.Sequence sequence:
                EmitSequence(sequence.Items, follow);
                break;
            case PatternNode.Alternation alternation:
                EmitAlternation(alternation.Items, follow);
                break;
            case PatternNode.Repeat repeat:
                EmitRepeat(repeat, follow);
                break;
            case PatternNode.Assertion assertion:
                Add(PatternOpCode.Assert, (int)assertion.Kind);
                break;
            case PatternNode.Look look:
                EmitLook(look);
                break;
            case PatternNode.Atomic atomic:
                EmitAtomic(atomic.Item);
                break;
            case PatternNode.Capture capture when _captures.TryGetValue(capture.Number, out int register):
                Add(PatternOpCode.Save, register);
                Emit(capture.Item, follow);
                Add(PatternOpCode.Save, register + 1);
                break;
            case PatternNode.Capture capture:
                Emit(capture.Item, follow);
                break;
            case PatternNode.BackReference reference:
                Add(PatternOpCode.BackReference, _captures[reference.Number]);
                break;
        }
    }

    private void EmitSet(CodePointRanges ranges)
    {
        if (ranges.Single < 0)
        {
            Add(PatternOpCode.Set, SetIndex(ranges));
            return;
        }

        byte[] bytes = Utf8.Bytes(ranges.Single);

        // Neighbouring literals become one, unless something jumps between them.
        if (_code.Count > 0 && _code[^1] is { Code: PatternOpCode.Literal } last && last.A + last.B == _literals.Count && last.C == _code.Count - 1 && !_fresh)
        {
            _code[^1] = last with { B = last.B + bytes.Length };
        }
        else
        {
            int at = Add(PatternOpCode.Literal, _literals.Count, bytes.Length);
            _code[at] = _code[at] with { C = at };
        }

        _fresh = false;
        _literals.AddRange(bytes);
    }

    // Set where other instructions may jump to, so that literals are not joined across that place.
    private bool _fresh;

    private void EmitSequence(IReadOnlyList<PatternNode> items, CodePointRanges? follow)
    {
        for (int i = 0; i < items.Count; i++)
        {
            CodePointRanges? next = null;
            if (items[i] is PatternNode.Repeat)
            {
                (CodePointRanges set, bool empty) = PatternAnalysis.FirstOf(items, i + 1);
                next = !empty ? set : follow is not null && i == items.Count - 1 ? follow : null;
            }

            Emit(items[i], next);
        }
    }

    private void EmitAlternation(IReadOnlyList<PatternNode> items, CodePointRanges? follow)
    {
        List<int> exits = [];
        for (int i = 0; i < items.Count; i++)
        {
            _fresh = true;
            if (i == items.Count - 1)
            {
                Emit(items[i], follow);
                break;
            }

            int attempt = Add(PatternOpCode.Try, 0, FilterOf(items[i]));
            _fresh = true;
            Emit(items[i], follow);
            exits.Add(Add(PatternOpCode.Jump));
            Target(attempt);
        }

        foreach (int exit in exits)
        {
            Target(exit);
        }

        _fresh = true;
    }

    private int FilterOf(PatternNode node)
    {
        (CodePointRanges first, bool empty) = PatternAnalysis.First(node);
        if (empty)
        {
            return -1;
        }

        _filters.Add(PatternAnalysis.LeadBytes(first));
        return _filters.Count - 1;
    }

    private void EmitRepeat(PatternNode.Repeat repeat, CodePointRanges? follow)
    {
        PatternNode item = repeat.Item;
        while (item is PatternNode.Capture capture && !_captures.ContainsKey(capture.Number))
        {
            item = capture.Item;
        }

        if (item is PatternNode.Set set)
        {
            // What cannot start what follows need not be given back.
            bool keep = repeat.Kind == RepeatKind.Greedy && follow is not null && !follow.Overlaps(set.Ranges);
            PatternOpCode code = repeat.Kind == RepeatKind.Lazy ? PatternOpCode.RepeatLazy
                : keep || repeat.Kind == RepeatKind.Possessive ? PatternOpCode.RepeatPossessive
                : PatternOpCode.RepeatGreedy;
            Add(code, SetIndex(set.Ranges), repeat.Least, repeat.Most < 0 ? int.MaxValue : repeat.Most);
            return;
        }

        if (repeat.Kind == RepeatKind.Possessive)
        {
            EmitAtomic(repeat with { Kind = RepeatKind.Greedy });
            return;
        }

        for (int i = 0; i < repeat.Least; i++)
        {
            _fresh = true;
            Emit(item, null);
        }

        _fresh = true;
        if (repeat.Most < 0)
        {
            EmitLoop(item, repeat.Kind);
        }
        else
        {
            List<int> exits = [];
            for (int i = repeat.Least; i < repeat.Most; i++)
            {
                exits.Add(EmitChoice(item, repeat.Kind));
                _fresh = true;
                Emit(item, null);
            }

            foreach (int exit in exits)
            {
                Target(exit);
            }
        }

        _fresh = true;
    }

    /// <summary>Whether to do the item or to leave; leaving goes to the place that is filled in later.</summary>
    private int EmitChoice(PatternNode item, RepeatKind kind)
    {
        if (kind == RepeatKind.Greedy)
        {
            return Add(PatternOpCode.Try, 0, FilterOf(item));
        }

        return Add(PatternOpCode.TryLater);
    }

    private void EmitLoop(PatternNode item, RepeatKind kind)
    {
        int start = EmitChoice(item, kind);
        bool empty = PatternAnalysis.First(item).Empty;
        int register = -1;
        if (empty)
        {
            register = _registers++;
            Add(PatternOpCode.Save, register);
        }

        _fresh = true;
        Emit(item, null);
        int leave = empty ? Add(PatternOpCode.LeaveIfEmpty, register) : -1;
        Add(PatternOpCode.Jump, start);
        if (leave >= 0)
        {
            _code[leave] = _code[leave] with { B = _code.Count };
        }

        Target(start);
    }

    private void EmitAtomic(PatternNode item)
    {
        int start = Add(PatternOpCode.Atomic);
        EmitInner(item);
        Target(start);
    }

    private void EmitInner(PatternNode item)
    {
        _fresh = true;
        Emit(item, null);
        Add(PatternOpCode.Accept);
        _fresh = true;
    }

    private void EmitLook(PatternNode.Look look)
    {
        int start;
        if (look.Behind)
        {
            (int least, int most) = PatternAnalysis.Length(look.Item);
            if (most is < 0 or > MaxLookBehind)
            {
                throw new PatternException($"a look-behind of more than {MaxLookBehind} characters", 0);
            }

            start = Add(look.Negative ? PatternOpCode.LookBehindNot : PatternOpCode.LookBehind, 0, least, most);
        }
        else
        {
            start = Add(PatternOpCode.LookAhead, 0, look.Negative ? 1 : 0);
        }

        EmitInner(look.Item);
        Target(start);
    }
}
