namespace Snug.Inference;

/// <summary>
/// One thread's share of a forward pass. Models call the same steps on every thread; a step works on this thread's rows, tokens or heads.
/// Steps that others depend on end with <see cref="Wait"/>; those that say so leave it to the caller, to have several in one phase.
/// </summary>
internal sealed unsafe partial class Worker(int index, ForwardPass pass) : IDisposable
{
    /// <summary>Rows are divided among threads in multiples of this, so that packed groups stay whole.</summary>
    private const int RowGranule = 8;

    /// <summary>Bytes of weights, or rows where there are many tokens, below which it does not pay to divide a layer further.</summary>
    private const int SmallestPart = 16 * 1024, SmallestPartRows = 40;

    private int _layer;

    /// <summary>Number of the thread.</summary>
    public int Index => index;

    /// <summary>Tokens of the chunk.</summary>
    public int Count => pass.Count;

    private Kernels Kernels => pass.Kernels;

    /// <summary>Begins a pass.</summary>
    public void Begin() => _layer = 0;

    /// <summary>Returns when all threads are here.</summary>
    public void Wait() => pass.Team.Barrier.Wait();

    /// <summary>Puts the embeddings of this thread's tokens into a row each. Does not wait.</summary>
    public void Embed(Matrix table, Activation output, float scale = 1)
    {
        (int first, int end) = Share(Count, 1);
        for (int token = first; token < end; token++)
        {
            table.CopyRow(pass.Tokens[token], output.Row(token));
            if (scale != 1)
            {
                Kernels.Scale(output.Row(token), scale, table.Columns);
            }
        }
    }

    /// <summary>Adds learned position embeddings. Does not wait.</summary>
    public void AddPositions(Matrix table, Activation output)
    {
        (int first, int end) = Share(Count, 1);
        float* row = ScratchRow(table.Columns);
        for (int token = first; token < end; token++)
        {
            table.CopyRow(pass.PositionOf(token), row);
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

    /// <summary>Normalizes the tokens whose logits are wanted by the root of the mean square, into the first rows of the output.</summary>
    public void RmsNormOutputs(Activation input, WeightVector weight, Activation output)
    {
        (int first, int end) = ShareOutputsOrRepeat();
        for (int i = first; i < end; i++)
        {
            Kernels.RmsNorm(input.Row(pass.Outputs[i]), weight.Values, pass.Configuration.NormEpsilon, input.Width, output.Row(i));
            Round(output, i, 0, output.Width);
        }

        WaitUnlessOneOutput();
    }

    /// <summary>Normalizes mean and variance of the tokens whose logits are wanted, into the first rows of the output.</summary>
    public void LayerNormOutputs(Activation input, WeightVector weight, WeightVector bias, Activation output)
    {
        (int first, int end) = ShareOutputsOrRepeat();
        for (int i = first; i < end; i++)
        {
            Kernels.LayerNorm(input.Row(pass.Outputs[i]), weight.Values, bias.Values, pass.Configuration.NormEpsilon, input.Width, output.Row(i));
            Round(output, i, 0, output.Width);
        }

        WaitUnlessOneOutput();
    }

    /// <summary>Normalizes what a block has computed by the root of the mean square, and adds it to the residual stream.</summary>
    public void RmsNormAdd(Activation projected, WeightVector weight, Activation residual)
    {
        (int first, int end) = Share(Count, 1);
        for (int token = first; token < end; token++)
        {
            float* row = projected.Row(token);
            Kernels.RmsNorm(row, weight.Values, pass.Configuration.NormEpsilon, projected.Width, row);
            Kernels.Add(residual.Row(token), row, residual.Width);
        }

        Wait();
    }

    /// <summary>Normalizes whole rows in place by the root of the mean square.</summary>
    public void RowNorm(Activation rows, WeightVector weight)
    {
        (int first, int end) = Share(Count, 1);
        for (int token = first; token < end; token++)
        {
            Kernels.RmsNorm(rows.Row(token), weight.Values, pass.Configuration.NormEpsilon, rows.Width, rows.Row(token));
        }
    }

    /// <summary>Rounds the residual stream for packed weights, where a block reads it as it is.</summary>
    public void CopyRounded(Activation input, Activation output)
    {
        (int first, int end) = Share(Count, 1);
        for (int token = first; token < end; token++)
        {
            new ReadOnlySpan<float>(input.Row(token), input.Width).CopyTo(new Span<float>(output.Row(token), output.Width));
            Round(output, token, 0, output.Width);
        }

        Wait();
    }

    /// <summary>A linear layer, as far as other threads leave it to this one. Does not wait.</summary>
    public void Linear(Activation input, Matrix weights, Activation output)
    {
        RowTurns turns = Turns(weights, RowGranule, Count);
        while (turns.Take(out int first, out int end))
        {
            Multiply(input, weights, output, first, end, Count);
        }
    }

    /// <summary>Adds a linear layer's outputs to the residual stream.</summary>
    public void LinearAdd(Activation input, Matrix weights, Activation projected, Activation residual)
    {
        RowTurns turns = Turns(weights, RowGranule, Count);
        while (turns.Take(out int first, out int end))
        {
            Multiply(input, weights, projected, first, end, Count);
            for (int token = 0; token < Count; token++)
            {
                Kernels.Add(residual.Row(token) + first, projected.Row(token) + first, end - first);
            }
        }

        Wait();
    }

    /// <summary>The gated feed-forward layer up to its inner activation: silu(gate(x)) * up(x), left in <paramref name="gated"/>.</summary>
    public void GatedLinear(Activation input, Matrix gate, Matrix up, Activation gated, Activation scratch, bool gelu = false)
    {
        RowTurns turns = Turns(gate, PackedRows.Block, Count);
        while (turns.Take(out int first, out int end))
        {
            Multiply(input, gate, gated, first, end, Count);
            Multiply(input, up, scratch, first, end, Count);
            for (int token = 0; token < Count; token++)
            {
                if (gelu)
                {
                    Kernels.GatedGelu(gated.Row(token) + first, scratch.Row(token) + first, end - first);
                }
                else
                {
                    Kernels.GatedSilu(gated.Row(token) + first, scratch.Row(token) + first, end - first);
                }

                Round(gated, token, first, end - first);
            }
        }

        Wait();
    }

    /// <summary>A linear layer followed by GELU, in its tanh form or the exact one.</summary>
    public void GeluLinear(Activation input, Matrix weights, Activation output, bool exact = false)
    {
        RowTurns turns = Turns(weights, PackedRows.Block, Count);
        while (turns.Take(out int first, out int end))
        {
            Multiply(input, weights, output, first, end, Count);
            for (int token = 0; token < Count; token++)
            {
                if (exact)
                {
                    Kernels.GeluExact(output.Row(token) + first, end - first);
                }
                else
                {
                    Kernels.GeluTanh(output.Row(token) + first, end - first);
                }

                Round(output, token, first, end - first);
            }
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
            table.Fill(token, pass.PositionOf(token), pass.SegmentOf(token).Length);
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
            (int token, int head) = Math.DivRem(i, heads);
            int offset = head * size;
            pass.SegmentOf(token).Cache.Store(layer, head, pass.PositionOf(token), keys.Row(token) + offset, values.Row(token) + offset);
        }

        Wait();
    }

    /// <summary>
    /// Normalized outputs of the tokens whose logits are wanted: leaves the logits of this thread's part of the vocabulary, a row for each.
    /// </summary>
    public void Logits(Activation normed, Matrix head, Activation logits)
    {
        RowTurns turns = Turns(head, RowGranule, pass.OutputCount);
        while (turns.Take(out int first, out int end))
        {
            Multiply(normed, head, logits, first, end, pass.OutputCount);
            if (pass.Configuration.LogitSoftCap is { } cap)
            {
                for (int i = 0; i < pass.OutputCount; i++)
                {
                    Kernels.SoftCap(logits.Row(i) + first, cap, end - first);
                }
            }
        }
    }

    public void Dispose() => _scratch?.Dispose();

    /// <summary>The rows of the next layer, of which this thread takes part after part.</summary>
    private RowTurns Turns(Matrix weights, int granule, int tokens)
    {
        int smallest = tokens > 1 ? SmallestPartRows : (int)(SmallestPart * (long)weights.Rows / weights.ByteLength);
        return new RowTurns(ref pass.Turns.Begin(_layer++), weights.Rows, granule, smallest, pass.Team.Size);
    }

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

    /// <summary>As <see cref="ShareTokensOrRepeat"/>, for the tokens whose logits are wanted.</summary>
    private (int First, int End) ShareOutputsOrRepeat() => pass.OutputCount == 1 ? (0, 1) : Share(pass.OutputCount, 1);

    private void WaitUnlessOneOutput()
    {
        if (pass.OutputCount > 1)
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

    private void Multiply(Activation input, Matrix weights, Activation output, int first, int end, int tokens)
    {
        if (first >= end || tokens == 0)
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
            Kernels.MultiplyPacked(weights.Type, weights.Pointer, first, end, input.Rounded, tokens, output.Row(0), output.Width);
        }
        else
        {
            Kernels.MultiplyRows(
                weights.Type, weights.Pointer, weights.Columns, first, end, input.Row(0), input.Width, tokens, output.Row(0), output.Width);
        }

        if (weights.Bias is { } bias)
        {
            for (int token = 0; token < tokens; token++)
            {
                Kernels.Add(output.Row(token) + first, bias.Singles + first, end - first);
            }
        }
    }
}
