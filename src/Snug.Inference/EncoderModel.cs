namespace Snug.Inference;

/// <summary>
/// An encoder with its weights in place: tokens in, a vector for each token or for each sequence out. May be used by several threads; their
/// calls take turns.
/// </summary>
public sealed class EncoderModel : IDisposable
{
    private const int MaxBatchTokens = 1 << 16;
    private readonly WeightFiles _files;
    private readonly WeightLoader _weights;
    private readonly Encoder _encoder;
    private readonly ThreadTeam _team;
    private readonly Kernels _kernels;
    private readonly int _batchTokens;

    /// <summary>One batch and one worker for each thread that computes alone.</summary>
    private readonly EncoderPass[] _solo;
    private readonly EncoderWorker[] _soloWorkers;

    /// <summary>The batch that all threads compute together, and a worker for each.</summary>
    private readonly EncoderPass _shared;
    private readonly EncoderWorker[] _sharedWorkers;
    private readonly EncoderSchedule _schedule = new();
    private readonly Action<int> _job;
    private readonly Lock _turn = new();
    private IReadOnlyList<EncoderInput> _inputs = [];
    private float[][] _results = [];
    private PoolingModes _modes;
    private CancellationToken _cancellation;
    private int _next;
    private bool _stopped;
    private bool _disposed;

    private EncoderModel(WeightFiles files, EncoderConfiguration configuration, EncoderOptions options, Kernels kernels)
    {
        _files = files;
        _kernels = kernels;
        _batchTokens = options.BatchTokens;
        Configuration = configuration;
        _weights = new WeightLoader(files, options.Format);
        try
        {
            _encoder = Encoder.Create(configuration, _weights, kernels);
        }
        catch
        {
            _weights.Dispose();
            throw;
        }

        _team = new ThreadTeam(options.Threads ?? Math.Min(ThreadTeam.AvailableCores, CausalModel.MaxThreads));
        bool rounded = options.Format != WeightFormat.AsStored;
        _shared = new EncoderPass(configuration, rounded);
        _solo = [.. Enumerable.Range(0, _team.Size).Select(_ => new EncoderPass(configuration, rounded))];
        _sharedWorkers = [.. Enumerable.Range(0, _team.Size).Select(i => new EncoderWorker(i, _team.Size, _team.Barrier, kernels, _shared))];
        _soloWorkers = [.. _solo.Select(pass => new EncoderWorker(0, 1, _team.Barrier, kernels, pass))];
        _job = Work;
    }

    /// <summary>What the model is made of.</summary>
    public EncoderConfiguration Configuration { get; }

    /// <summary>Bytes of the linear layers, as they are computed with.</summary>
    public long WeightBytes => _encoder.WeightBytes;

    /// <summary>Threads that compute.</summary>
    public int Threads => _team.Size;

    /// <summary>Name of the kernels that were chosen for this processor.</summary>
    public string KernelName => _kernels.Detail;

    /// <summary>Loads an encoder: a folder with <c>config.json</c> and safetensors.</summary>
    /// <param name="path">The folder, or a safetensors file beside the configuration.</param>
    /// <param name="options">How it is loaded.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or the model is of a kind that cannot be run.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static EncoderModel Load(string path, EncoderOptions? options = null) =>
        Load(path, options ?? new EncoderOptions(), KernelSelection.Choose(Environment.GetEnvironmentVariable(KernelSelection.Variable)));

    internal static EncoderModel Load(string path, EncoderOptions options, Kernels kernels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (options.Threads is < 1 or > CausalModel.MaxThreads || options.BatchTokens is < 1 or > MaxBatchTokens)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options, $"Threads must be from 1 to {CausalModel.MaxThreads}, the tokens of a batch from 1 to {MaxBatchTokens}.");
        }

        WeightFiles files = WeightFiles.Open(path);
        try
        {
            string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path)!;
            return new EncoderModel(files, EncoderConfigurationReader.Read(Path.Join(folder, "config.json"), options.IgnoredConfigurationKeys), options, kernels);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>The vector of each token.</summary>
    /// <param name="input">A sequence.</param>
    /// <returns><see cref="EncoderConfiguration.HiddenSize"/> numbers for each token.</returns>
    /// <exception cref="ArgumentException">The sequence is empty, too long, or has tokens or types that the model does not know.</exception>
    /// <exception cref="ModelFormatException">The model's file was changed on disk.</exception>
    public unsafe float[] HiddenStates(EncoderInput input)
    {
        Check(input);
        float[] states = new float[checked(input.Tokens.Length * Configuration.HiddenSize)];
        lock (_turn)
        {
            Begin();
            _shared.Fill([input], [0]);
            _team.Run(member => _encoder.Run(_sharedWorkers[member]));
            new ReadOnlySpan<float>(_shared.Buffers.Hidden.Row(0), states.Length).CopyTo(states);
        }

        return states;
    }

    /// <summary>One vector for each sequence.</summary>
    /// <param name="inputs">The sequences.</param>
    /// <param name="modes">How the tokens' vectors become one.</param>
    /// <param name="cancellationToken">Is looked at between batches.</param>
    /// <returns>In the order of the inputs, <see cref="EncoderConfiguration.HiddenSize"/> numbers for each of the modes.</returns>
    /// <exception cref="ArgumentException">A sequence is empty, too long, or has tokens or types that the model does not know.</exception>
    /// <exception cref="ModelFormatException">The model's file was changed on disk.</exception>
    public float[][] Embed(IReadOnlyList<EncoderInput> inputs, PoolingModes modes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (modes == PoolingModes.None || modes >= (PoolingModes)((int)PoolingModes.LastToken * 2))
        {
            throw new ArgumentOutOfRangeException(nameof(modes), modes, "At least one way of pooling is needed, and only known ones.");
        }

        float[][] results = new float[inputs.Count][];
        for (int i = 0; i < results.Length; i++)
        {
            Check(inputs[i]);
            results[i] = new float[checked(Configuration.HiddenSize * Pooler.Count(modes))];
        }

        lock (_turn)
        {
            Begin();
            (_inputs, _results, _modes, _cancellation) = (inputs, results, modes, cancellationToken);
            (_next, _stopped) = (0, false);
            _schedule.Plan(inputs, _team.Size, _batchTokens);
            try
            {
                _team.Run(_job);
            }
            finally
            {
                (_inputs, _results) = ([], []);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return results;
    }

    /// <summary>Stops the threads and frees the weights.</summary>
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
            foreach (IDisposable part in (IEnumerable<IDisposable>)[.. _solo, .. _soloWorkers, _shared, .. _sharedWorkers, _encoder, _weights, _files])
            {
                part.Dispose();
            }
        }
    }

    /// <summary>One thread's part of a call.</summary>
    private void Work(int member)
    {
        int batch;
        while (!_cancellation.IsCancellationRequested && (batch = Interlocked.Increment(ref _next) - 1) < _schedule.SoloCount)
        {
            ReadOnlySpan<int> order = _schedule.Batch(batch);
            _solo[member].Fill(_inputs, order);
            _encoder.Run(_soloWorkers[member]);
            _soloWorkers[member].Pool(_modes, _inputs, order, _results);
        }

        for (batch = _schedule.SoloCount; batch < _schedule.Count; batch++)
        {
            ReadOnlySpan<int> order = _schedule.Batch(batch);
            _team.Barrier.Wait();
            if (member == 0)
            {
                // One decides for all, or some would wait for those that stopped.
                _stopped = _cancellation.IsCancellationRequested;
                _shared.Fill(_inputs, _stopped ? [] : order);
            }

            _team.Barrier.Wait();
            if (_stopped)
            {
                return;
            }

            _encoder.Run(_sharedWorkers[member]);
            _sharedWorkers[member].Pool(_modes, _inputs, order, _results);
        }
    }

    private void Begin()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _files.EnsureWhole();
    }

    private void Check(EncoderInput input)
    {
        int length = input.Tokens.Length;
        if (length == 0 || length > Configuration.MaximumTokens)
        {
            throw new ArgumentException($"A sequence has {length} tokens; it may have from 1 to {Configuration.MaximumTokens}.", nameof(input));
        }

        foreach (int token in input.Tokens.Span)
        {
            if ((uint)token >= (uint)Configuration.VocabularySize)
            {
                throw new ArgumentException($"Token {token} is not in the vocabulary of {Configuration.VocabularySize}.", nameof(input));
            }
        }

        if (!input.TypeIds.IsEmpty && input.TypeIds.Length != length)
        {
            throw new ArgumentException($"There are {length} tokens and {input.TypeIds.Length} types.", nameof(input));
        }

        foreach (int type in input.TypeIds.Span)
        {
            if ((uint)type >= (uint)Math.Max(1, Configuration.TypeCount))
            {
                throw new ArgumentException($"Type {type} is not one of the {Configuration.TypeCount} types.", nameof(input));
            }
        }

        if (input.Unpooled < 0 || input.Unpooled > length)
        {
            throw new ArgumentException($"Pooling cannot pass over {input.Unpooled} of {length} tokens.", nameof(input));
        }
    }
}
