namespace Snug.Inference;

/// <summary>
/// One thread's share of an encoder's pass: of a batch that a team computes together, or all of a batch of its own. Steps that others depend
/// on end with <see cref="Wait"/>, but for <see cref="Linear"/>, which leaves it to the caller.
/// </summary>
/// <param name="index">Number of the thread.</param>
/// <param name="size">Threads that share the batch.</param>
/// <param name="barrier">Where they wait for each other.</param>
/// <param name="kernels">The arithmetic.</param>
/// <param name="pass">The batch.</param>
internal sealed unsafe class EncoderWorker(int index, int size, TeamBarrier barrier, Kernels kernels, EncoderPass pass) : IDisposable
{
    /// <summary>Tokens that go through a linear layer and its activation before the next ones, so that they stay in the cache.</summary>
    private const int TokenBlock = 96;

    /// <summary>Queries that one share of attention has at most.</summary>
    private const int QueryBlock = 128;

    private const int Tile = Kernels.QueryTile;
    private NativeBuffer? _scratch;
    private int _scratchPositions;

    /// <summary>The batch.</summary>
    public EncoderPass Pass => pass;

    /// <summary>The intermediate results.</summary>
    public EncoderBuffers Buffers => pass.Buffers;

    /// <summary>Returns when all threads are here.</summary>
    public void Wait()
    {
        if (size > 1)
        {
            barrier.Wait();
        }
    }

    /// <summary>Puts the sum of word, position and type into each token's row, normalized.</summary>
    public void Embed(EncoderEmbeddings embeddings)
    {
        Activation hidden = Buffers.Hidden;
        Reserve();
        float* row = _scratch!.Singles;
        (int first, int end) = Share(pass.Count);
        for (int token = first; token < end; token++)
        {
            float* sum = hidden.Row(token);
            embeddings.Words.CopyRow(pass.Tokens[token], sum);
            embeddings.Positions.CopyRow(pass.Positions[token], row);
            kernels.Add(sum, row, hidden.Width);
            if (embeddings.Types is { } types)
            {
                types.CopyRow(pass.Types[token], row);
                kernels.Add(sum, row, hidden.Width);
            }

            Normalize(hidden, token, embeddings.Norm);
        }

        Wait();
    }

    /// <summary>This thread's outputs of a linear layer. Does not wait.</summary>
    public void Linear(Activation input, EncoderLinear layer, Activation output) => Multiply(input, layer, null, output);

    /// <summary>A linear layer, followed by an activation.</summary>
    public void ActivatedLinear(Activation input, EncoderLinear layer, EncoderActivation activation, Activation output)
    {
        Multiply(input, layer, activation, output);
        Wait();
        Round(output);
    }

    /// <summary>Adds a block's output to the tokens' vectors and normalizes them.</summary>
    public void AddAndNormalize(Activation projected, EncoderNorm norm, Activation hidden)
    {
        (int first, int end) = Share(pass.Count);
        for (int token = first; token < end; token++)
        {
            kernels.Add(hidden.Row(token), projected.Row(token), hidden.Width);
            Normalize(hidden, token, norm);
        }

        Wait();
    }

    /// <summary>Attention of every token to all tokens of its sequence.</summary>
    public void Attend(Activation queries, Activation keys, Activation values, Activation output, RelativeBias? bias)
    {
        Reserve();
        int heads = pass.Configuration.HeadCount;
        int item = 0;
        ReadOnlySpan<int> starts = pass.Starts;
        for (int sequence = 0; sequence < pass.SequenceCount; sequence++)
        {
            int start = starts[sequence];
            int length = starts[sequence + 1] - start;

            // Keys are laid out again for every block of queries, so whoever is alone takes all at once.
            int block = size == 1 ? length : QueryBlock;
            for (int head = 0; head < heads; head++)
            {
                for (int query = 0; query < length; query += block)
                {
                    if (item++ % size == index)
                    {
                        AttendHead(queries, keys, values, output, bias, start, length, head, query, Math.Min(length, query + block));
                    }
                }
            }
        }

        Wait();
        Round(output);
    }

    /// <summary>Makes the vectors of this thread's sequences into one each.</summary>
    /// <param name="modes">How.</param>
    /// <param name="inputs">All inputs of the call.</param>
    /// <param name="order">Which of them are in the batch.</param>
    /// <param name="results">The result for each input of the call.</param>
    public void Pool(PoolingModes modes, IReadOnlyList<EncoderInput> inputs, ReadOnlySpan<int> order, float[][] results)
    {
        Activation hidden = Buffers.Hidden;
        for (int sequence = index; sequence < pass.SequenceCount; sequence += size)
        {
            int start = pass.Starts[sequence];
            fixed (float* result = results[order[sequence]])
            {
                Pooler.Pool(kernels, hidden.Row(start), hidden.Width, pass.Starts[sequence + 1] - start, inputs[order[sequence]].Unpooled, modes, result);
            }
        }
    }

    public void Dispose() => _scratch?.Dispose();

    /// <summary>Keys in blocks and values of one head of a sequence, then rows of scores; a row of embeddings before.</summary>
    private void Reserve()
    {
        int positions = (pass.Longest + Kernels.KeyBlock - 1) / Kernels.KeyBlock * Kernels.KeyBlock;
        if (_scratch is null || positions > _scratchPositions)
        {
            _scratch?.Dispose();
            _scratch = null;
            _scratch = NativeBuffer.OfSingles(Math.Max(pass.Configuration.HiddenSize, (long)positions * ((2 * pass.Configuration.HeadSize) + Tile)));
            _scratchPositions = positions;
        }
    }

    private (int First, int End) Share(int count, int granule = 1)
    {
        int units = (count + granule - 1) / granule;
        int first = (int)((long)units * index / size) * granule;
        int end = (int)((long)units * (index + 1) / size) * granule;
        return (Math.Min(first, count), Math.Min(end, count));
    }

    private void Normalize(Activation hidden, int token, EncoderNorm norm)
    {
        float* row = hidden.Row(token);
        kernels.LayerNorm(row, norm.Weight.Values, norm.Bias.Values, pass.Configuration.NormEpsilon, hidden.Width, row);
        if (hidden.IsQuantized)
        {
            hidden.Quantize(kernels, token, 0, hidden.Width);
        }
    }

    /// <summary>Rounds what rounded weights are multiplied with, and waits; does neither where weights are not rounded.</summary>
    private void Round(Activation activation)
    {
        if (activation.IsQuantized)
        {
            (int first, int end) = Share(pass.Count);
            for (int token = first; token < end; token++)
            {
                activation.Quantize(kernels, token, 0, activation.Width);
            }

            Wait();
        }
    }

    private void Multiply(Activation input, EncoderLinear layer, EncoderActivation? activation, Activation output)
    {
        // What an architecture puts together must fit; kernels write without looking.
        if (layer.Columns != input.Width || layer.Rows != output.Width || (layer.Packed is not null && !input.IsQuantized))
        {
            throw new InvalidOperationException($"A layer of {layer.Rows} rows of {layer.Columns} does not fit between {input.Width} and {output.Width} numbers.");
        }

        int granule = layer.Packed is null ? kernels.PanelWidth : PackedRows.Group;
        (int first, int end) = Share(layer.Rows, granule);
        if (first == end)
        {
            return;
        }

        for (int token = 0; token < pass.Count; token += TokenBlock)
        {
            int count = Math.Min(TokenBlock, pass.Count - token);
            if (layer.Packed is { } packed)
            {
                kernels.MultiplyPacked(packed.Type, packed.Pointer, first, end, input.Rounded.From(token), count, output.Row(token), output.Width);
            }
            else
            {
                kernels.MultiplyPanels(
                    layer.Panels!, first / granule, (end + granule - 1) / granule, input.Row(token), input.Width, count, output.Row(token), output.Width);
            }

            for (int i = token; i < token + count; i++)
            {
                float* row = output.Row(i) + first;
                if (layer.Packed is { Bias: { } bias })
                {
                    kernels.Add(row, bias.Singles + first, end - first);
                }

                Activate(activation, row, end - first);
            }
        }
    }

    private void Activate(EncoderActivation? activation, float* x, int count)
    {
        switch (activation)
        {
            case EncoderActivation.Gelu:
                kernels.GeluExact(x, count);
                break;
            case EncoderActivation.GeluTanh:
                kernels.GeluTanh(x, count);
                break;
            case EncoderActivation.Relu:
                for (int i = 0; i < count; i++)
                {
                    x[i] = MathF.Max(x[i], 0);
                }

                break;
        }
    }

    private void AttendHead(
        Activation queries, Activation keys, Activation values, Activation output, RelativeBias? bias, int start, int length, int head, int query, int endQuery)
    {
        int headSize = pass.Configuration.HeadSize;
        int offset = head * headSize;
        float* keyBlocks = _scratch!.Singles;
        float* valueRows = keyBlocks + ((long)_scratchPositions * headSize);
        float* scores = valueRows + ((long)_scratchPositions * headSize);
        for (int p = 0; p < length; p++)
        {
            float* key = keys.Row(start + p) + offset;
            float* place = keyBlocks + ((long)(p / Kernels.KeyBlock) * Kernels.KeyBlock * headSize) + (p % Kernels.KeyBlock);
            for (int d = 0; d < headSize; d++)
            {
                place[d * Kernels.KeyBlock] = key[d];
            }

            new ReadOnlySpan<float>(values.Row(start + p) + offset, headSize).CopyTo(new Span<float>(valueRows + ((long)p * headSize), headSize));
        }

        int blocks = (length + Kernels.KeyBlock - 1) / Kernels.KeyBlock;
        float scale = 1f / MathF.Sqrt(headSize);
        float** heads = stackalloc float*[Tile];
        float** results = stackalloc float*[Tile];
        float* sums = stackalloc float[Tile];
        for (; query < endQuery; query += Tile)
        {
            int count = Math.Min(Tile, endQuery - query);
            for (int i = 0; i < count; i++)
            {
                heads[i] = queries.Row(start + query + i) + offset;
                results[i] = output.Row(start + query + i) + offset;
            }

            kernels.Scores(heads, count, keyBlocks, headSize, blocks, scale, scores, _scratchPositions);
            for (int i = 0; i < count; i++)
            {
                float* row = scores + ((long)i * _scratchPositions);
                if (bias is not null)
                {
                    kernels.Add(row, bias.Of(head, query + i), length);
                }

                sums[i] = kernels.ExpShifted(row, length).Sum;
            }

            kernels.WeightedSum(scores, _scratchPositions, count, valueRows, headSize, length, results);
            for (int i = 0; i < count; i++)
            {
                kernels.Scale(results[i], 1f / sums[i], headSize);
            }
        }
    }
}
