namespace Snug.Inference;

/// <summary>
/// Generates for several sequences at a time, whose tokens go through the model together: the weights are read once for all of them.
/// Sequences join and leave between two steps; prompts are read in chunks beside the tokens of the others, so nobody waits for a long one.
/// Each sequence gets what it would get alone, up to the rounding of sums.
/// </summary>
/// <remarks>
/// One thread calls <see cref="Step"/> again and again; <see cref="Add"/> and <see cref="BatchSequence.Remove"/> may be called from any
/// thread at any time. Sequences beyond the limit wait until there is a place, in the order in which they came.
/// </remarks>
public sealed class GenerationBatch : IDisposable
{
    /// <summary>Sequences at a time when nothing else is said.</summary>
    public const int DefaultMaxSequences = 8;

    private readonly CausalModel _model;
    private readonly int _maxSequences;
    private readonly Lock _gate = new();
    private readonly Lock _step = new();
    private readonly Queue<BatchSequence> _waiting = [];
    private readonly List<BatchSequence> _active = [];
    private readonly PassPart[] _parts;
    private readonly BatchSequence[] _planned;
    private readonly List<BatchToken> _results = [];
    private bool _disposed;

    /// <param name="model">The model; it must outlive the batch.</param>
    /// <param name="maxSequences">Most sequences that generate at a time; at most the model's chunk length.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1 or more than a pass has room for.</exception>
    public GenerationBatch(CausalModel model, int maxSequences = DefaultMaxSequences)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxSequences, model.ChunkLength);
        _model = model;
        _maxSequences = maxSequences;
        _parts = new PassPart[maxSequences];
        _planned = new BatchSequence[maxSequences];
    }

    /// <summary>Sequences that generate or wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _active.Count + _waiting.Count;
            }
        }
    }

    /// <summary>Adds a sequence; it takes part from the next step on if there is a place.</summary>
    /// <param name="prompt">Tokens of the vocabulary, not empty.</param>
    /// <param name="options">How tokens are chosen and when to stop. Prompt lookup is not used here.</param>
    /// <exception cref="ArgumentException">The prompt is empty, too long, or has tokens that are not in the vocabulary.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public BatchSequence Add(ReadOnlySpan<int> prompt, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _model.CheckVocabulary(prompt);
        BatchSequence sequence = new(_model, prompt, options);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _waiting.Enqueue(sequence);
        }

        return sequence;
    }

    /// <summary>
    /// One pass of the model: a token for every sequence whose prompt is read, and a part of the prompts that are not.
    /// </summary>
    /// <param name="cancellationToken">Is looked at before the pass.</param>
    /// <returns>The new tokens, until the next step; empty while only prompts are read, and when there is nothing to do.</returns>
    /// <exception cref="ModelFormatException">The model's file was changed on disk.</exception>
    /// <remarks>An exception of a logits processor takes its sequence out and is thrown when all others have their tokens.</remarks>
    public IReadOnlyList<BatchToken> Step(CancellationToken cancellationToken = default)
    {
        lock (_step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _results.Clear();
            Admit();
            int planned = Plan();
            if (planned > 0)
            {
                _model.Forward(_parts.AsSpan(0, planned));
                Choose(planned);
            }

            return _results;
        }
    }

    /// <summary>Frees keys and values of all sequences.</summary>
    public void Dispose()
    {
        lock (_step)
        {
            lock (_gate)
            {
                _disposed = true;
                foreach (BatchSequence sequence in _active)
                {
                    sequence.Release(_model);
                }

                _active.Clear();
                _waiting.Clear();
            }
        }
    }

    private void Admit()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (int i = _active.Count - 1; i >= 0; i--)
            {
                if (_active[i].IsRemoved)
                {
                    Leave(_active[i]);
                }
            }

            while (_active.Count < _maxSequences && _waiting.TryDequeue(out BatchSequence? sequence))
            {
                if (!sequence.IsRemoved)
                {
                    _active.Add(sequence);
                }
            }
        }
    }

    /// <summary>First those that need one token, then prompts as far as there is room.</summary>
    private int Plan()
    {
        int planned = 0;
        int room = _model.ChunkLength;
        foreach (BatchSequence sequence in _active)
        {
            sequence.PrepareRotation(_model);
            if (sequence.Unread == 1)
            {
                room--;
                _planned[planned] = sequence;
                _parts[planned++] = sequence.Part(1);
            }
        }

        foreach (BatchSequence sequence in _active)
        {
            if (sequence.Unread > 1 && room > 0)
            {
                int count = Math.Min(room, sequence.Unread);
                room -= count;
                _planned[planned] = sequence;
                _parts[planned++] = sequence.Part(count);
            }
        }

        return planned;
    }

    private void Choose(int planned)
    {
        Exception? failure = null;
        for (int i = 0; i < planned; i++)
        {
            BatchSequence sequence = _planned[i];
            try
            {
                if (sequence.Advance(_parts[i].Tokens.Length) is not { } token)
                {
                    continue;
                }

                _results.Add(new BatchToken(sequence, token));
                if (token.Finish is null)
                {
                    continue;
                }
            }
#pragma warning disable CA1031 // A processor that fails must not take the tokens of the others; its exception is thrown below.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure ??= e;
            }

            lock (_gate)
            {
                Leave(sequence);
            }
        }

        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void Leave(BatchSequence sequence)
    {
        _active.Remove(sequence);
        sequence.Release(_model);
    }
}
