using System.Runtime.InteropServices;

namespace Snug.Inference;

/// <summary>
/// One output under a constraint: forbids the tokens that cannot come, as a processor of logits, and knows when the output is complete. Not
/// for several threads at a time.
/// </summary>
public sealed class ConstrainedOutput : ILogitsProcessor, IDisposable
{
    private readonly OutputConstraint _constraint;
    private readonly int[] _ends;
    private readonly int _maxTokens;
    private readonly List<int> _tokens = [];
    private ConstraintMachine? _machine;

    /// <summary>The configuration behind each token; the first before any.</summary>
    private readonly List<int> _way = [];

    internal ConstrainedOutput(OutputConstraint constraint, ConstraintVocabulary vocabulary, ReadOnlySpan<int> endTokens, int maxTokens)
    {
        (_constraint, _ends, _maxTokens) = (constraint, endTokens.ToArray(), maxTokens);
        _machine = constraint.Rent(vocabulary);
        _way.Add(_machine.Start);
    }

    /// <summary>Whether what was written satisfies the constraint.</summary>
    public bool IsComplete => Machine.MayEnd(_way[^1]);

    private ConstraintMachine Machine => _machine ?? throw new ObjectDisposedException(nameof(ConstrainedOutput));

    /// <summary>Comes to where a sequence is, which may be shorter than the last one or another.</summary>
    /// <param name="generated">All tokens that were chosen; end tokens among them change nothing.</param>
    /// <returns>Whether the output is complete and nothing can follow, so that generation can stop.</returns>
    public bool Follow(ReadOnlySpan<int> generated)
    {
        int common = CollectionsMarshal.AsSpan(_tokens).CommonPrefixLength(generated);
        _tokens.RemoveRange(common, _tokens.Count - common);
        _way.RemoveRange(common + 1, _way.Count - common - 1);
        if (Machine.IsFull)
        {
            // A new machine has other numbers: all is followed anew.
            _machine = _constraint.NewMachine(_machine!.Vocabulary);
            _tokens.Clear();
            _way.Clear();
            _way.Add(_machine.Start);
        }

        foreach (int token in generated[_tokens.Count..])
        {
            Accept(token);
        }

        return Machine.MayEnd(_way[^1]) && !Machine.MayGoOn(_way[^1]);
    }

    /// <inheritdoc/>
    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits)
    {
        Follow(tokens[promptLength..]);
        ConstraintMachine machine = Machine;
        int here = _way[^1];
        TokenMask mask = machine.Mask(here);

        // Every byte that JSON needs has a token, so that as many tokens as there are bytes to an end are always enough.
        int left = _maxTokens - _tokens.Count - 1;
        if (mask.Longest > left && machine.MaskWithin(here, left) is { HasAny: true } within)
        {
            mask = within;
        }

        int known = logits.Length;
        int[] ends = Array.FindAll(_ends, end => (uint)end < (uint)known);
        mask.Apply(logits, ends);
        if (!machine.MayEnd(here))
        {
            foreach (int end in ends)
            {
                logits[end] = float.NegativeInfinity;
            }
        }
    }

    /// <summary>Gives back what others can use.</summary>
    public void Dispose()
    {
        if (_machine is not null)
        {
            _constraint.Return(_machine);
            _machine = null;
        }
    }

    /// <summary>Takes a token behind the others, as <see cref="Follow"/> does with several.</summary>
    internal bool Accept(int token)
    {
        ConstraintMachine machine = Machine;
        _tokens.Add(token);
        _way.Add(_ends.Contains(token) ? _way[^1] : machine.Advance(_way[^1], machine.Vocabulary.BytesOf(token)));
        return machine.MayEnd(_way[^1]) && !machine.MayGoOn(_way[^1]);
    }
}
