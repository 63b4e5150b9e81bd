namespace Snug.Inference;

/// <summary>
/// One thread's share of a forward pass. Models call the same steps on every thread; a step works on this thread's rows, tokens or heads.
/// Steps that others depend on end with <see cref="Wait"/>; those that say so leave it to the caller, to have several in one phase.
/// </summary>
internal sealed unsafe partial class Worker(int index, ForwardPass pass) : IDisposable
{
    /// <summary>Rows are divided among threads in multiples of this, so that packed groups stay whole.</summary>
    private const int RowGranule = 8;

    /// <summary>Number of the thread.</summary>
    public int Index => index;

    /// <summary>Tokens of the chunk.</summary>
    public int Count => pass.Count;

    private Kernels Kernels => pass.Kernels;

    /// <summary>Returns when all threads are here.</summary>
    public void Wait() => pass.Team.Barrier.Wait();

    /// <summary>Puts the embeddings of this thread's tokens into a row each. Does not wait.</summary>
    public void Embed(Matrix table, Activation output)
    {
        (int first, int end) = Share(Count, 1);
        for (int token = first; token < end; token++)
        {
            table.CopyRow(pass.Tokens[token], output.Row(token));
        }
    }

    /// <summary>Adds learned position embeddings. Does not wait.</summary>
    public void AddPositions(Matrix table, Activation output)
    {
        (int first, int end) = Share(Count, 1);
        float* row = ScratchRow(table.Columns);
        for (int token = first; token < end; token++)
        {
            table.CopyRow(pass.Start + token, row);
            Kernels.Add(output.Row(token), row, table.Columns);
        }
    }

    /// <summary>Normalizes by the root of the mean square.</summary>
    public void RmsNorm(Activation input, WeightVector weight, Activation output)
    {
        (int first, int end) = ShareTokensOrRepeat();
        for (int token = first; token < end; token++)
        {
            Kernels.RmsNorm(input.Row(token), weight.Values, pass.Configuration.NormEpsilon, input.Width, output.Row(token));
            Round(output, token, 0, output.Width);
        }

        WaitUnlessRepeated();
    }

    /// <summary>Normalizes mean and variance.</summary>
    public void LayerNorm(Activation input, WeightVector weight, WeightVector bias, Activation output)
    {
        (int first, int end) = ShareTokensOrRepeat();
        for (int token = first; token < end; token++)
        {
            Kernels.LayerNorm(input.Row(token), weight.Values, bias.Values, pass.Configuration.NormEpsilon, input.Width, output.Row(token));
            Round(output, token, 0, output.Width);
        }

        WaitUnlessRepeated();
    }

    /// <summary>This thread's outputs of a linear layer. Does not wait.</summary>
    public void Linear(Activation input, Matrix weights, Activation output)
    {
        (int first, int end) = Share(weights.Rows, RowGranule);
        Multiply(input, weights, output, first, end, Count);
    }

    /// <summary>Adds a linear layer's outputs to the residual stream.</summary>
    public void LinearAdd(Activation input, Matrix weights, Activation projected, Activation residual)
    {
        (int first, int end) = Share(weights.Rows, RowGranule);
        Multiply(input, weights, projected, first, end, Count);
        for (int token = 0; token < Count; token++)
        {
            Kernels.Add(residual.Row(token) + first, projected.Row(token) + first, end - first);
        }

        Wait();
    }

    /// <summary>The gated feed-forward layer up to its inner activation: silu(gate(x)) * up(x), left in <paramref name="gated"/>.</summary>
    public void GatedLinear(Activation input, Matrix gate, Matrix up, Activation gated, Activation scratch)
    {
        (int first, int end) = Share(gate.Rows, PackedRows.Block);
        Multiply(input, gate, gated, first, end, Count);
        Multiply(input, up, scratch, first, end, Count);
        for (int token = 0; token < Count; token++)
        {
            Kernels.GatedSilu(gated.Row(token) + first, scratch.Row(token) + first, end - first);
            Round(gated, token, first, end - first);
        }

        Wait();
    }

    /// <summary>A linear layer followed by GELU in its tanh form.</summary>
    public void GeluLinear(Activation input, Matrix weights, Activation output)
    {
        (int first, int end) = Share(weights.Rows, PackedRows.Block);
        Multiply(input, weights, output, first, end, Count);
        for (int token = 0; token < Count; token++)
        {
            Kernels.GeluTanh(output.Row(token) + first, end - first);
            Round(output, token, first, end - first);
        }

        Wait();
    }

    /// <summary>Normalizes each head on its own (query and key norms). Does not wait.</summary>
    public void HeadNorm(Activation heads, WeightVector weight)
    {
        int size = pass.Configuration.HeadSize;
        int perToken = heads.Width / size;
        (int first, int end) = Share(Count * perToken, 1);
        for (int i = first; i < end; i++)
        {
            float* head = heads.Row(i / perToken) + ((i % perToken) * size);
            Kernels.RmsNorm(head, weight.Values, pass.Configuration.NormEpsilon, size, head);
        }
    }

    /// <summary>Computes this thread's rows of the rotary table. Does not wait.</summary>
    public void FillRotary(RotaryTable table)
    {
        (int first, int end) = Share(Count, 1);
        for (int token = first; token < end; token++)
        {
            table.Fill(token, pass.Start + token);
        }
    }

    /// <summary>Rotates heads by their position. Does not wait; divides them as <see cref="HeadNorm"/> does.</summary>
    public void Rotate(Activation heads, RotaryTable table)
    {
        int size = pass.Configuration.HeadSize;
        int perToken = heads.Width / size;
        (int first, int end) = Share(Count * perToken, 1);
        for (int i = first; i < end; i++)
        {
            table.Rotate(i / perToken, heads.Row(i / perToken) + ((i % perToken) * size));
        }
    }

    /// <summary>Puts keys and values into the cache; divides them as <see cref="Rotate"/> does.</summary>
    public void Remember(int layer, Activation keys, Activation values)
    {
        int size = pass.Configuration.HeadSize;
        int heads = pass.Configuration.KeyValueHeadCount;
        (int first, int end) = Share(Count * heads, 1);
        for (int i = first; i < end; i++)
        {
            int offset = (i % heads) * size;
            pass.Cache.Store(layer, i % heads, pass.Start + (i / heads), keys.Row(i / heads) + offset, values.Row(i / heads) + offset);
        }

        Wait();
    }

    /// <summary>
    /// Normalized output of the last token, or of all: leaves the logits of this thread's part of the vocabulary.
    /// </summary>
    public void Logits(Activation normed, Matrix head, Activation logits)
    {
        (int first, int end) = Share(head.Rows, RowGranule);
        int from = pass.AllLogits ? 0 : Count - 1;
        Multiply(normed, head, logits, first, end, Count, from);
    }

    public void Dispose() => _scratch?.Dispose();

    /// <summary>This thread's part of <paramref name="count"/> things, in multiples of <paramref name="granule"/>.</summary>
    private (int First, int End) Share(int count, int granule)
    {
        int units = (count + granule - 1) / granule;
        int first = (int)((long)units * index / pass.Team.Size) * granule;
        int end = (int)((long)units * (index + 1) / pass.Team.Size) * granule;
        return (Math.Min(first, count), Math.Min(end, count));
    }

    /// <summary>
    /// A single token is normalized by every thread: all write the same numbers to the same place, nobody reads what another has not
    /// written yet because each has written all of it itself, and that takes less time than waiting for one thread to do it.
    /// </summary>
    private (int First, int End) ShareTokensOrRepeat() => Count == 1 ? (0, 1) : Share(Count, 1);

    private void WaitUnlessRepeated()
    {
        if (Count > 1)
        {
            Wait();
        }
    }

    private void Round(Activation activation, int token, int first, int count)
    {
        if (activation.IsQuantized)
        {
            activation.Quantize(Kernels, token, first, count);
        }
    }

    private void Multiply(Activation input, Matrix weights, Activation output, int first, int end, int tokens, int from = 0)
    {
        if (first >= end)
        {
            return;
        }

        // What an architecture puts together must fit; kernels write without looking.
        if (weights.Columns != input.Width || weights.Rows > output.Width || (weights.IsPacked && !input.IsQuantized))
        {
            throw new InvalidOperationException($"A matrix of {weights.Rows} rows of {weights.Columns} does not fit between {input.Width} and {output.Width} numbers.");
        }

        if (weights.IsPacked)
        {
            Kernels.MultiplyPacked(weights.Type, weights.Pointer, first, end, input.Rounded.From(from), tokens - from, output.Row(0), output.Width);
        }
        else
        {
            Kernels.MultiplyRows(
                weights.Type, weights.Pointer, weights.Columns, first, end, input.Row(from), input.Width, tokens - from, output.Row(0), output.Width);
        }

        if (weights.Bias is { } bias)
        {
            for (int token = 0; token < tokens - from; token++)
            {
                Kernels.Add(output.Row(token) + first, bias.Singles + first, end - first);
            }
        }
    }
}
