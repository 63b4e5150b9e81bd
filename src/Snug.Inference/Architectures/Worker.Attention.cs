namespace Snug.Inference;

internal sealed unsafe partial class Worker
{
    /// <summary>Up to this many tokens the positions are divided among the threads, above it the heads and tokens are.</summary>
    public const int MaxSplitTokens = 4;

    private NativeBuffer? _scratch;
    private int _scratchPositions;

    /// <summary>Makes room for the scores of that many positions.</summary>
    public void Reserve(int positions)
    {
        if (positions > _scratchPositions)
        {
            _scratch?.Dispose();
            _scratch = NativeBuffer.OfSingles(((long)Inference.Kernels.QueryTile * positions) + ConfigurationReader.MaxSize);
            _scratchPositions = positions;
        }
    }

    /// <summary>
    /// Attention of every query to the positions that it may see. Query heads that share a key head, and neighbouring tokens, go through
    /// the kernels together.
    /// </summary>
    public void Attend(int layer, Activation queries, Activation output)
    {
        if (Count <= MaxSplitTokens && pass.Segments.Length == 1 && pass.Team.Size > 1)
        {
            AttendSplit(layer, pass.Segments[0], queries, output);
        }
        else
        {
            AttendWhole(layer, queries, output);
        }

        Wait();
        if (output.IsQuantized && !HeadsAreBlocks)
        {
            int blocks = output.Width / PackedRows.Block;
            (int first, int end) = Share(Count * blocks, 1);
            for (int i = first; i < end; i++)
            {
                Round(output, i / blocks, i % blocks * PackedRows.Block, PackedRows.Block);
            }

            Wait();
        }
    }

    /// <summary>Whether heads consist of whole blocks, so that whoever computes one can round it.</summary>
    private bool HeadsAreBlocks => pass.Configuration.HeadSize % PackedRows.Block == 0;

    private void RoundHead(Activation output, int head, int group, int query, int firstToken)
    {
        if (HeadsAreBlocks)
        {
            int size = pass.Configuration.HeadSize;
            Round(output, firstToken + (query / group), ((head * group) + (query % group)) * size, size);
        }
    }

    private float* ScratchRow(int width)
    {
        System.Diagnostics.Debug.Assert(width <= ConfigurationReader.MaxSize);
        return _scratch!.Singles + ((long)Inference.Kernels.QueryTile * _scratchPositions);
    }

    private void AttendWhole(int layer, Activation queries, Activation output)
    {
        ModelConfiguration c = pass.Configuration;
        int group = c.HeadCount / c.KeyValueHeadCount;
        float** results = stackalloc float*[Inference.Kernels.QueryTile];
        float* sums = stackalloc float[Inference.Kernels.QueryTile];
        float* maxima = stackalloc float[Inference.Kernels.QueryTile];

        // The tiles of all heads of all sequences are one row of items, of which the threads take turns.
        int item = Index;
        foreach (ref readonly PassSegment segment in pass.Segments)
        {
            int queryCount = segment.Count * group;
            int tiles = (queryCount + Inference.Kernels.QueryTile - 1) / Inference.Kernels.QueryTile;
            int items = tiles * c.KeyValueHeadCount;
            for (; item < items; item += pass.Team.Size)
            {
                int head = item / tiles;
                int firstQuery = item % tiles * Inference.Kernels.QueryTile;
                int count = Math.Min(Inference.Kernels.QueryTile, queryCount - firstQuery);
                for (int i = 0; i < count; i++)
                {
                    results[i] = Head(output, head, group, firstQuery + i, segment.First);
                }

                AttendTile(layer, segment, queries, head, firstQuery, count, 0, int.MaxValue, results, maxima, sums);
                for (int i = 0; i < count; i++)
                {
                    Kernels.Scale(results[i], 1f / sums[i], c.HeadSize);
                    RoundHead(output, head, group, firstQuery + i, segment.First);
                }
            }

            item -= items;
        }
    }

    /// <summary>Each thread takes a part of the positions for all queries; then the parts are put together by their maxima and sums.</summary>
    private void AttendSplit(int layer, in PassSegment segment, Activation queries, Activation output)
    {
        ModelConfiguration c = pass.Configuration;
        int group = c.HeadCount / c.KeyValueHeadCount;
        int end = segment.Start + Count;
        int begin = Math.Max(0, segment.Start + 1 - Math.Min(segment.Start + 1, c.WindowOf(layer))) / Inference.Kernels.KeyBlock;
        int blocks = ((end + Inference.Kernels.KeyBlock - 1) / Inference.Kernels.KeyBlock) - begin;
        (int firstBlock, int endBlock) = Share(blocks, 1);
        float** results = stackalloc float*[Inference.Kernels.QueryTile];
        float* sums = stackalloc float[Inference.Kernels.QueryTile];
        float* maxima = stackalloc float[Inference.Kernels.QueryTile];
        for (int head = 0; head < c.KeyValueHeadCount; head++)
        {
            for (int query = 0; query < Count * group; query += Inference.Kernels.QueryTile)
            {
                int count = Math.Min(Inference.Kernels.QueryTile, (Count * group) - query);
                for (int i = 0; i < count; i++)
                {
                    results[i] = pass.Partial(Index, (head * Count * group) + query + i);
                }

                AttendTile(
                    layer, segment, queries, head, query, count, (begin + firstBlock) * Inference.Kernels.KeyBlock,
                    (begin + endBlock) * Inference.Kernels.KeyBlock, results, maxima, sums);
                for (int i = 0; i < count; i++)
                {
                    results[i][c.HeadSize] = maxima[i];
                    results[i][c.HeadSize + 1] = sums[i];
                }
            }
        }

        Wait();
        (int first, int last) = Share(Count * c.HeadCount, 1);
        for (int query = first; query < last; query++)
        {
            (int head, int within) = Math.DivRem(query, Count * group);
            Merge(query, Head(output, head, group, within, segment.First));
            RoundHead(output, head, group, within, segment.First);
        }
    }

    private void Merge(int query, float* output)
    {
        int size = pass.Configuration.HeadSize;
        float max = float.NegativeInfinity;
        for (int thread = 0; thread < pass.Team.Size; thread++)
        {
            max = MathF.Max(max, pass.Partial(thread, query)[size]);
        }

        new Span<float>(output, size).Clear();
        float sum = 0;
        for (int thread = 0; thread < pass.Team.Size; thread++)
        {
            float* partial = pass.Partial(thread, query);
            if (partial[size + 1] > 0)
            {
                float factor = MathF.Exp(partial[size] - max);
                sum += partial[size + 1] * factor;
                Kernels.AddScaled(output, partial, factor, size);
            }
        }

        Kernels.Scale(output, 1f / sum, size);
    }

    /// <summary>
    /// Queries <paramref name="firstQuery"/> and following of one key head, over positions <paramref name="begin"/> to
    /// <paramref name="end"/> as far as each may see them. Results are not yet divided by their sums.
    /// </summary>
    private void AttendTile(
        int layer, in PassSegment segment, Activation queries, int head, int firstQuery, int count, int begin, int end, float** results, float* maxima, float* sums)
    {
        const int Block = Inference.Kernels.KeyBlock;
        ModelConfiguration c = pass.Configuration;
        int group = c.HeadCount / c.KeyValueHeadCount;
        int window = c.WindowOf(layer);
        int firstPosition = segment.Start + (firstQuery / group);
        int lastPosition = segment.Start + ((firstQuery + count - 1) / group);
        begin = Math.Max(begin, firstPosition + 1 - Math.Min(firstPosition + 1, window)) / Block * Block;
        end = Math.Min(end, lastPosition + 1);
        int blocks = Math.Max(0, (end - begin + Block - 1) / Block);
        float* scores = _scratch!.Singles;
        int stride = _scratchPositions;
        float** heads = stackalloc float*[Inference.Kernels.QueryTile];
        for (int i = 0; i < count; i++)
        {
            heads[i] = Head(queries, head, group, firstQuery + i, segment.First);
        }

        float* keys = segment.Cache.Keys(layer, head) + ((long)begin * c.HeadSize);
        Kernels.Scores(heads, count, keys, c.HeadSize, blocks, c.ScoreFactor, scores, stride);
        for (int i = 0; i < count; i++)
        {
            int position = segment.Start + ((firstQuery + i) / group);
            int from = Math.Max(0, position + 1 - Math.Min(position + 1, window) - begin);
            int to = Math.Min(end, position + 1) - begin;
            float* row = scores + ((long)i * stride);
            if (from >= to)
            {
                (maxima[i], sums[i]) = (float.NegativeInfinity, 0);
                from = to = 0;
            }
            else
            {
                if (c.AttentionSoftCap is { } cap)
                {
                    Kernels.SoftCap(row + from, cap, to - from);
                }

                (maxima[i], sums[i]) = Kernels.ExpShifted(row + from, to - from);
            }

            int seen = Math.Max(0, end - begin);
            new Span<float>(row, from).Clear();
            new Span<float>(row + to, Math.Max(0, seen - to)).Clear();
        }

        float* values = segment.Cache.Values(layer, head) + ((long)begin * c.HeadSize);
        Kernels.WeightedSum(scores, stride, count, values, c.HeadSize, Math.Max(0, end - begin), results);
    }

    private float* Head(Activation activation, int head, int group, int query, int firstToken) =>
        activation.Row(firstToken + (query / group)) + ((((long)head * group) + (query % group)) * pass.Configuration.HeadSize);
}
