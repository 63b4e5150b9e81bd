namespace Snug.Inference;

/// <summary>
/// A causal language model with its weights in place. Several sessions may use one model; their passes take turns.
/// </summary>
public sealed class CausalModel : IDisposable
{
    /// <summary>Most threads of a team.</summary>
    public const int MaxThreads = 256;

    private const int MaxChunk = 8192;
    private readonly WeightFiles _files;
    private readonly WeightLoader _weights;
    private readonly Transformer _transformer;
    private readonly ThreadTeam _team;
    private readonly ForwardPass _pass;
    private readonly Action<int> _job;
    private readonly Lock _turn = new();
    private bool _disposed;

    private CausalModel(WeightFiles files, ModelConfiguration configuration, ModelOptions options, Kernels kernels)
    {
        _files = files;
        Configuration = configuration;
        ContextLength = Math.Min(options.ContextLength ?? configuration.MaximumPositions, ConfigurationReader.MaxCount);
        if (configuration.Rope is null && ContextLength > configuration.MaximumPositions)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options, $"The model has learned {configuration.MaximumPositions} positions, so the context cannot have {ContextLength}.");
        }

        int chunk = Math.Min(options.ChunkLength, ContextLength);
        _weights = new WeightLoader(files, options.Format, options.CopyWeights);
        try
        {
            _transformer = Architecture.Create(configuration, _weights, chunk);
        }
        catch
        {
            _weights.Dispose();
            throw;
        }

        _team = new ThreadTeam(options.Threads ?? Math.Min(ThreadTeam.AvailableCores, MaxThreads));
        _pass = new ForwardPass(configuration, kernels, _team, chunk);
        _job = member => _transformer.Run(_pass.Workers[member]);
    }

    /// <summary>What the model is made of.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>Most positions of a session.</summary>
    public int ContextLength { get; }

    /// <summary>Bytes of the matrices, as they are computed with.</summary>
    public long WeightBytes => _weights.MatrixBytes;

    /// <summary>Threads that compute.</summary>
    public int Threads => _team.Size;

    /// <summary>Name of the kernels that were chosen for this processor.</summary>
    public string KernelName => _pass.Kernels.Detail;

    /// <summary>Loads a model: a folder with <c>config.json</c> and safetensors, or a GGUF file.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="options">How it is loaded.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or the model is of a kind that cannot be run.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static CausalModel Load(string path, ModelOptions? options = null) =>
        Load(path, options ?? new ModelOptions(), KernelSelection.Choose(Environment.GetEnvironmentVariable(KernelSelection.Variable)));

    internal static CausalModel Load(string path, ModelOptions options, Kernels kernels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (options.Threads is < 1 or > MaxThreads || options.ContextLength < 1 || options.ChunkLength is < 1 or > MaxChunk)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, $"Threads must be from 1 to {MaxThreads}, chunks from 1 to {MaxChunk}, the context at least 1.");
        }

        WeightFiles files = WeightFiles.Open(path);
        try
        {
            ModelConfiguration configuration = files.Gguf is { } gguf
                ? GgufConfiguration.Read(gguf)
                : ConfigurationReader.Read(Path.Join(Directory.Exists(path) ? path : Path.GetDirectoryName(path), "config.json"), options.IgnoredConfigurationKeys);
            return new CausalModel(files, configuration, options, kernels);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Begins a session: an empty cache that tokens are read into.</summary>
    public InferenceSession CreateSession()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new InferenceSession(this);
    }

    /// <summary>
    /// Looks for the likeliest continuations by beam search, with the meaning that its options have in transformers. The beams go through the
    /// model together.
    /// </summary>
    /// <param name="prompt">Tokens of the vocabulary, not empty.</param>
    /// <param name="options">Penalties, processors, end tokens and lengths; whatever is about drawing at random is not used.</param>
    /// <param name="beams">How to search.</param>
    /// <param name="cancellationToken">Is looked at between tokens, and between chunks of the prompt.</param>
    /// <returns>The hypotheses, best first; fewer than asked for only if processors forbid every other continuation.</returns>
    /// <exception cref="ArgumentException">The prompt is empty, too long, or has tokens that are not in the vocabulary.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public IReadOnlyList<BeamHypothesis> SearchBeams(
        ReadOnlySpan<int> prompt, GenerationOptions options, BeamSearchOptions beams, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(beams);
        CheckVocabulary(prompt);
        using BeamSearch search = new(this, prompt, options, beams);
        return search.Run(cancellationToken);
    }

    /// <summary>Stops the threads and frees the weights. Sessions cannot be used after it.</summary>
    public void Dispose()
    {
        lock (_turn)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _team.Dispose();
            _pass.Dispose();
            _transformer.Dispose();
            _weights.Dispose();
            _files.Dispose();
        }
    }

    /// <summary>Frees a session's cache when no pass uses it.</summary>
    internal void Release(KeyValueCache cache)
    {
        lock (_turn)
        {
            cache.Dispose();
        }
    }

    /// <summary>Throws when a token is none of the vocabulary.</summary>
    internal void CheckVocabulary(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)Configuration.VocabularySize)
            {
                throw new ArgumentException($"Token {token} is not in the vocabulary of {Configuration.VocabularySize}.", nameof(tokens));
            }
        }
    }

    /// <summary>Most tokens of a pass.</summary>
    internal int ChunkLength => _pass.Chunk;

    /// <summary>
    /// Computes tokens that follow <paramref name="start"/> others, and copies the logits after the last one, or after each.
    /// </summary>
    /// <param name="tokens">At most <see cref="ChunkLength"/> tokens of the vocabulary.</param>
    /// <param name="start">Tokens in the cache that come before.</param>
    /// <param name="sequenceLength">Length that the sequence will have when the prompt that these tokens belong to is read.</param>
    /// <param name="cache">The session's cache.</param>
    /// <param name="logits">Is filled: a row for the last token, a row for each token, or nothing if empty.</param>
    internal void Forward(ReadOnlySpan<int> tokens, int start, int sequenceLength, KeyValueCache cache, Span<float> logits)
    {
        lock (_turn)
        {
            Begin();
            _pass.Add(tokens, start, sequenceLength, cache, logits.Length / Configuration.VocabularySize);
            _team.Run(_job);
            CopyLogits(0, logits);
        }
    }

    /// <summary>Computes tokens of several sequences together, at most <see cref="ChunkLength"/> in all.</summary>
    internal void Forward(ReadOnlySpan<PassPart> parts)
    {
        lock (_turn)
        {
            Begin();
            foreach (ref readonly PassPart part in parts)
            {
                _pass.Add(part.Tokens.Span, part.Start, part.Length, part.Cache, part.Logits.Length / Configuration.VocabularySize);
            }

            _team.Run(_job);
            int row = 0;
            foreach (ref readonly PassPart part in parts)
            {
                CopyLogits(row, part.Logits.Span);
                row += part.Logits.Length / Configuration.VocabularySize;
            }
        }
    }

    /// <summary>Whether keys that were computed in a sequence of one length may be used in a sequence of another.</summary>
    internal bool SharesRotation(int length, int other) =>
        Configuration.Rope is not { Scaling: RopeScaling.LongRope } rope || RotaryFrequencies.IsLong(rope, length) == RotaryFrequencies.IsLong(rope, other);

    private void Begin()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _files.EnsureWhole();
        _pass.Clear();
    }

    private unsafe void CopyLogits(int row, Span<float> logits) =>
        new ReadOnlySpan<float>(_transformer.Logits.Row(row), logits.Length).CopyTo(logits);
}
