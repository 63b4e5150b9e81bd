namespace Snug.Inference;

/// <summary>
/// What all threads of a forward pass share: the tokens, of one sequence or of several, where they stand, the caches, and the kernels.
/// Made once, used for every pass.
/// </summary>
internal sealed unsafe class ForwardPass : IDisposable
{
    private readonly NativeBuffer _tokens;
    private readonly NativeBuffer _segmentOf;
    private readonly NativeBuffer _outputs;
    private readonly NativeBuffer _partials;
    private readonly PassSegment[] _segments;
    private int _segmentCount;

    public ForwardPass(ModelConfiguration configuration, Kernels kernels, ThreadTeam team, int chunk)
    {
        Configuration = configuration;
        Kernels = kernels;
        Team = team;
        Chunk = chunk;
        _tokens = new NativeBuffer((long)chunk * sizeof(int));
        _segmentOf = new NativeBuffer((long)chunk * sizeof(int));
        _outputs = new NativeBuffer((long)chunk * sizeof(int));
        _segments = new PassSegment[chunk];
        PartialStride = configuration.HeadSize + 16;
        _partials = NativeBuffer.OfSingles((long)team.Size * Worker.MaxSplitTokens * configuration.HeadCount * PartialStride);
        Workers = new Worker[team.Size];
        for (int i = 0; i < Workers.Length; i++)
        {
            Workers[i] = new Worker(i, this);
        }
    }

    public ModelConfiguration Configuration { get; }

    public Kernels Kernels { get; }

    public ThreadTeam Team { get; }

    /// <summary>Most tokens in a pass.</summary>
    public int Chunk { get; }

    public Worker[] Workers { get; }

    /// <summary>How far the threads are in the layers whose rows they share.</summary>
    public TurnCounters Turns { get; } = new();

    /// <summary>Ids of the tokens in this pass.</summary>
    public int* Tokens => (int*)_tokens.Pointer;

    /// <summary>Number of tokens in this pass.</summary>
    public int Count { get; private set; }

    /// <summary>The sequences that have tokens in this pass.</summary>
    public ReadOnlySpan<PassSegment> Segments => _segments.AsSpan(0, _segmentCount);

    /// <summary>Numbers of the tokens whose logits are wanted, in their order.</summary>
    public int* Outputs => (int*)_outputs.Pointer;

    /// <summary>Number of tokens whose logits are wanted.</summary>
    public int OutputCount { get; private set; }

    /// <summary>Numbers that one partial result of attention takes.</summary>
    public int PartialStride { get; }

    /// <summary>Where a thread leaves maximum, sum and weighted values of one query over its part of the positions.</summary>
    public float* Partial(int thread, int query) =>
        _partials.Singles + (((long)thread * Worker.MaxSplitTokens * Configuration.HeadCount) + query) * PartialStride;

    /// <summary>The sequence of a token.</summary>
    public ref readonly PassSegment SegmentOf(int token) => ref _segments[((int*)_segmentOf.Pointer)[token]];

    /// <summary>Position of a token in its sequence.</summary>
    public int PositionOf(int token)
    {
        ref readonly PassSegment segment = ref SegmentOf(token);
        return segment.Start + token - segment.First;
    }

    /// <summary>Begins a pass without tokens.</summary>
    public void Clear()
    {
        Count = 0;
        OutputCount = 0;
        Turns.Clear();
        foreach (Worker worker in Workers)
        {
            worker.Begin();
        }

        _segments.AsSpan(0, _segmentCount).Clear();
        _segmentCount = 0;
    }

    /// <summary>Adds tokens of a sequence; room in its cache is made.</summary>
    /// <param name="tokens">The tokens; all together, a pass has at most <see cref="Chunk"/>.</param>
    /// <param name="start">Position of the first.</param>
    /// <param name="length">Length of the sequence when its prompt is read.</param>
    /// <param name="cache">Keys and values of the sequence.</param>
    /// <param name="outputs">How many of the last of these tokens logits are wanted of.</param>
    public void Add(ReadOnlySpan<int> tokens, int start, int length, KeyValueCache cache, int outputs)
    {
        if (tokens.IsEmpty || tokens.Length > Chunk - Count || outputs > tokens.Length)
        {
            throw new InvalidOperationException($"{tokens.Length} tokens with {outputs} rows of logits do not fit behind {Count} of {Chunk} tokens.");
        }

        cache.Reserve(start + tokens.Length);
        tokens.CopyTo(new Span<int>(Tokens + Count, Chunk - Count));
        new Span<int>((int*)_segmentOf.Pointer + Count, tokens.Length).Fill(_segmentCount);
        _segments[_segmentCount++] = new PassSegment(Count, tokens.Length, start, length, cache);
        Count += tokens.Length;
        for (int token = Count - outputs; token < Count; token++)
        {
            Outputs[OutputCount++] = token;
        }

        foreach (Worker worker in Workers)
        {
            worker.Reserve(cache.Capacity);
        }
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _segmentOf.Dispose();
        _outputs.Dispose();
        _partials.Dispose();
        foreach (Worker worker in Workers)
        {
            worker.Dispose();
        }
    }
}
