using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>
/// Runs compiled patterns by backtracking with a stack of its own: no recursion over the text, and a limit on steps, so that
/// no pattern from a file can hang or exhaust the thread. One instance serves one thread at a time.
/// </summary>
internal sealed class PatternMatcher
{
    /// <summary>Steps that one search may take, whatever the length of the text.</summary>
    public const long MaxSteps = 50_000_000;

    /// <summary>Steps that one search may take in addition for each byte of the text.</summary>
    public const long MaxStepsPerByte = 2_000;

    /// <summary>Most entries on the stack of alternatives.</summary>
    public const int MaxStack = 16_000_000;

    [ThreadStatic]
    private static PatternMatcher? _ofThread;

    private Entry[] _stack = new Entry[64];
    private int _count;
    private int[] _registers = new int[8];
    private long _steps;
    private int _searchStart;
    private PatternProgram _program = null!;

    private enum EntryKind
    {
        Alternative,
        Greedy,
        Lazy,
        Restore,
    }

    public static PatternMatcher OfThread => _ofThread ??= new PatternMatcher();

    /// <summary>Finds the first match that starts at <paramref name="from"/> or later.</summary>
    public bool Find(PatternProgram program, ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        _program = program;
        _steps = MaxSteps + (MaxStepsPerByte * text.Length);
        _searchStart = from;
        if (_registers.Length < program.Registers)
        {
            _registers = new int[program.Registers];
        }

        bool[]? first = program.First;
        for (int at = from; at <= text.Length;)
        {
            if (first is not null)
            {
                while (at < text.Length && !first[text[at]])
                {
                    at++;
                }

                if (at == text.Length)
                {
                    break;
                }
            }

            _count = 0;
            Array.Fill(_registers, -1);
            end = Run(text, 0, at, -1);
            if (end >= 0)
            {
                start = at;
                return true;
            }

            at += at < text.Length ? Utf8.LengthOf(text[at]) : 1;
        }

        start = end = -1;
        return false;
    }

    /// <summary>Runs from an instruction to its Accept. Returns where the match ends, or -1.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pc">The instruction.</param>
    /// <param name="at">The place in the text.</param>
    /// <param name="mustEnd">Where the match must end; -1 for anywhere.</param>
    private int Run(ReadOnlySpan<byte> text, int pc, int at, int mustEnd)
    {
        PatternInstruction[] code = _program.Instructions;
        int bottom = _count;
        while (true)
        {
            if (--_steps < 0)
            {
                throw new TokenizerException("A pattern of the tokenizer needs too many steps on this text.");
            }

            ref readonly PatternInstruction step = ref code[pc];
            bool matched = true;
            switch (step.Code)
            {
                case PatternOpCode.Accept:
                    if (mustEnd >= 0 && at != mustEnd)
                    {
                        matched = false;
                        break;
                    }

                    KeepRestores(bottom);
                    return at;
                case PatternOpCode.Set:
                    matched = _program.Sets[step.A].TryStep(text, ref at);
                    pc++;
                    break;
                case PatternOpCode.Literal:
                    matched = text[at..].StartsWith(_program.Literals.AsSpan(step.A, step.B));
                    at += step.B;
                    pc++;
                    break;
                case PatternOpCode.RepeatGreedy:
                case PatternOpCode.RepeatPossessive:
                    matched = Repeat(text, step, pc, ref at);
                    pc++;
                    break;
                case PatternOpCode.RepeatLazy:
                    matched = RepeatLazily(text, step, pc, ref at);
                    pc++;
                    break;
                case PatternOpCode.Try:
                    if (step.B >= 0 && (at >= text.Length || !_program.Filters[step.B][text[at]]))
                    {
                        pc = step.A;
                        break;
                    }

                    Push(EntryKind.Alternative, step.A, at, 0);
                    pc++;
                    break;
                case PatternOpCode.TryLater:
                    Push(EntryKind.Alternative, pc + 1, at, 0);
                    pc = step.A;
                    break;
                case PatternOpCode.Jump:
                    pc = step.A;
                    break;
                case PatternOpCode.Assert:
                    matched = Holds((AssertionKind)step.A, text, at);
                    pc++;
                    break;
                case PatternOpCode.LookAhead:
                    matched = (Run(text, pc + 1, at, -1) >= 0) == (step.B == 0);
                    pc = step.A;
                    break;
                case PatternOpCode.LookBehind:
                    matched = LooksBack(text, step, pc, at);
                    pc = step.A;
                    break;
                case PatternOpCode.LookBehindNot:
                    matched = !LooksBack(text, step, pc, at);
                    pc = step.A;
                    break;
                case PatternOpCode.Atomic:
                    at = Run(text, pc + 1, at, -1);
                    matched = at >= 0;
                    pc = step.A;
                    break;
                case PatternOpCode.Save:
                    Push(EntryKind.Restore, step.A, _registers[step.A], 0);
                    _registers[step.A] = at;
                    pc++;
                    break;
                case PatternOpCode.BackReference:
                    matched = Repeats(text, step.A, ref at);
                    pc++;
                    break;
                case PatternOpCode.LeaveIfEmpty:
                    pc = _registers[step.A] == at ? step.B : pc + 1;
                    break;
            }

            if (!matched && !Backtrack(text, bottom, out pc, out at))
            {
                return -1;
            }
        }
    }

    private bool Repeat(ReadOnlySpan<byte> text, in PatternInstruction step, int pc, ref int at)
    {
        CodePointSet set = _program.Sets[step.A];
        int count = 0;
        while (count < step.B)
        {
            if (!set.TryStep(text, ref at))
            {
                return false;
            }

            count++;
        }

        int least = at;
        while (count < step.C && set.TryStep(text, ref at))
        {
            count++;
        }

        _steps -= (at - least) >> 3;
        if (at > least && step.Code == PatternOpCode.RepeatGreedy)
        {
            Push(EntryKind.Greedy, pc + 1, least, at);
        }

        return true;
    }

    private bool RepeatLazily(ReadOnlySpan<byte> text, in PatternInstruction step, int pc, ref int at)
    {
        CodePointSet set = _program.Sets[step.A];
        for (int count = 0; count < step.B; count++)
        {
            if (!set.TryStep(text, ref at))
            {
                return false;
            }
        }

        if (step.C > step.B)
        {
            Push(EntryKind.Lazy, pc, at, step.C - step.B);
        }

        return true;
    }

    private bool LooksBack(ReadOnlySpan<byte> text, in PatternInstruction step, int pc, int at)
    {
        int start = at;
        for (int back = 0; back <= step.C; back++)
        {
            if (back >= step.B && Run(text, pc + 1, start, at) >= 0)
            {
                return true;
            }

            if (start == 0)
            {
                return false;
            }

            start = Utf8.Previous(text, start);
        }

        return false;
    }

    private bool Repeats(ReadOnlySpan<byte> text, int register, ref int at)
    {
        int start = _registers[register];
        int end = _registers[register + 1];
        if (start < 0 || end < start || !text[at..].StartsWith(text[start..end]))
        {
            return false;
        }

        at += end - start;
        return true;
    }

    private bool Holds(AssertionKind kind, ReadOnlySpan<byte> text, int at)
    {
        switch (kind)
        {
            case AssertionKind.TextStart:
                return at == 0;
            case AssertionKind.TextEnd:
                return at == text.Length;
            case AssertionKind.TextEndOrLastLine:
                return at == text.Length || (at == text.Length - 1 && text[at] == '\n');
            case AssertionKind.SearchStart:
                return at == _searchStart;

            // An empty last line has no start.
            case AssertionKind.LineStart:
                return at == 0 || (at < text.Length && text[at - 1] == '\n');
            case AssertionKind.LineEnd:
                return at == text.Length || text[at] == '\n';
            default:
                return IsBoundary(text, at) == (kind == AssertionKind.WordBoundary);
        }
    }

    private static bool IsBoundary(ReadOnlySpan<byte> text, int at)
    {
        bool before = at > 0 && PatternProperties.Word.Contains(Utf8.At(text, Utf8.Previous(text, at)));
        bool after = at < text.Length && PatternProperties.Word.Contains(Utf8.At(text, at));
        return before != after;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(EntryKind kind, int a, int b, int c)
    {
        if (_count == _stack.Length)
        {
            if (_count >= MaxStack)
            {
                throw new TokenizerException("A pattern of the tokenizer keeps too many alternatives on this text.");
            }

            Array.Resize(ref _stack, _count * 2);
        }

        _stack[_count++] = new Entry(kind, a, b, c);
    }

    private bool Backtrack(ReadOnlySpan<byte> text, int bottom, out int pc, out int at)
    {
        while (_count > bottom)
        {
            ref Entry top = ref _stack[_count - 1];
            switch (top.Kind)
            {
                case EntryKind.Alternative:
                    pc = top.A;
                    at = top.B;
                    _count--;
                    return true;
                case EntryKind.Greedy:
                    pc = top.A;
                    at = Utf8.Previous(text, top.C);
                    top.C = at;
                    if (at <= top.B)
                    {
                        _count--;
                    }

                    return true;
                case EntryKind.Lazy:
                    int next = top.B;
                    if (_program.Sets[_program.Instructions[top.A].A].TryStep(text, ref next))
                    {
                        pc = top.A + 1;
                        at = next;
                        top.B = next;
                        if (--top.C == 0)
                        {
                            _count--;
                        }

                        return true;
                    }

                    _count--;
                    break;
                default:
                    _registers[top.A] = top.B;
                    _count--;
                    break;
            }
        }

        pc = at = -1;
        return false;
    }

    /// <summary>Forgets the alternatives of a part that has matched, but not how to undo its registers.</summary>
    private void KeepRestores(int bottom)
    {
        int kept = bottom;
        for (int i = bottom; i < _count; i++)
        {
            if (_stack[i].Kind == EntryKind.Restore)
            {
                _stack[kept++] = _stack[i];
            }
        }

        _count = kept;
    }

    private struct Entry(EntryKind kind, int a, int b, int c)
    {
        public EntryKind Kind = kind;
        public int A = a;
        public int B = b;
        public int C = c;
    }
}
