namespace Snug.Inference;

/// <summary>
/// What all threads of a forward pass share: the tokens of the chunk, where they stand, the cache, and the kernels. Made once, used for
/// every pass.
/// </summary>
internal sealed unsafe class ForwardPass : IDisposable
{
    private readonly NativeBuffer _tokens;
    private readonly NativeBuffer _partials;

    public ForwardPass(ModelConfiguration configuration, Kernels kernels, ThreadTeam team, int chunk)
    {
        Configuration = configuration;
        Kernels = kernels;
        Team = team;
        Chunk = chunk;
        _tokens = new NativeBuffer((long)chunk * sizeof(int));
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

    /// <summary>Ids of the tokens in this pass.</summary>
    public int* Tokens => (int*)_tokens.Pointer;

    /// <summary>Number of tokens in this pass.</summary>
    public int Count { get; private set; }

    /// <summary>Position of the first token.</summary>
    public int Start { get; private set; }

    /// <summary>Whether logits are wanted for every token, not only for the last.</summary>
    public bool AllLogits { get; private set; }

    /// <summary>The cache of the session whose turn it is.</summary>
    public KeyValueCache Cache { get; private set; } = null!;

    /// <summary>Numbers that one partial result of attention takes.</summary>
    public int PartialStride { get; }

    /// <summary>Where a thread leaves maximum, sum and weighted values of one query over its part of the positions.</summary>
    public float* Partial(int thread, int query) =>
        _partials.Singles + (((long)thread * Worker.MaxSplitTokens * Configuration.HeadCount) + query) * PartialStride;

    /// <summary>Sets the chunk; room in the cache is made.</summary>
    public void Prepare(ReadOnlySpan<int> tokens, int start, KeyValueCache cache, bool allLogits)
    {
        tokens.CopyTo(new Span<int>(Tokens, Chunk));
        Count = tokens.Length;
        Start = start;
        Cache = cache;
        AllLogits = allLogits;
        cache.Reserve(start + tokens.Length);
        foreach (Worker worker in Workers)
        {
            worker.Reserve(cache.Capacity);
        }
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _partials.Dispose();
        foreach (Worker worker in Workers)
        {
            worker.Dispose();
        }
    }
}
