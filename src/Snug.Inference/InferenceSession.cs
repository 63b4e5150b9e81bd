using System.Runtime.CompilerServices;

namespace Snug.Inference;

/// <summary>
/// The tokens that a model has read, with their keys and values, and the logits after the last. Not for several threads at a time.
/// </summary>
public sealed class InferenceSession : IDisposable
{
    private readonly CausalModel _model;
    private readonly KeyValueCache _cache;
    private readonly List<int> _tokens = [];
    private readonly float[] _logits;
    private int _readLength;
    private bool _disposed;

    internal InferenceSession(CausalModel model)
    {
        _model = model;
        _cache = new KeyValueCache(model.Configuration, model.ContextLength);
        _logits = new float[model.Configuration.VocabularySize];
    }

    /// <summary>The model.</summary>
    public CausalModel Model => _model;

    /// <summary>Tokens that were read.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Unnormalized log probabilities of the token that follows; meaningless before anything was read, after a rewind, and after reading was cancelled.</summary>
    public ReadOnlySpan<float> Logits => _logits;

    /// <summary>Bytes that keys and values take.</summary>
    public long CacheBytes => _cache.ByteLength;

    /// <summary>Reads tokens after those that were read before, in chunks.</summary>
    /// <param name="tokens">Tokens of the vocabulary.</param>
    /// <param name="cancellationToken">Is looked at between chunks; chunks that were computed stay read.</param>
    /// <exception cref="ArgumentException">A token is not in the vocabulary, or the context is full.</exception>
    /// <exception cref="ModelFormatException">The model's file was changed on disk.</exception>
    public void Read(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        Check(tokens);
        int length = _tokens.Count + tokens.Length;
        if (_tokens.Count > 0 && !_model.SharesRotation(_readLength, length))
        {
            // The sequence has got so long that all its positions are rotated in another way.
            int[] whole = [.. _tokens, .. tokens];
            _tokens.Clear();
            Read(whole, cancellationToken);
            return;
        }

        _readLength = length;
        while (!tokens.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<int> chunk = tokens[..Math.Min(tokens.Length, _model.ChunkLength)];
            tokens = tokens[chunk.Length..];
            _model.Forward(chunk, _tokens.Count, length, _cache, tokens.IsEmpty ? _logits : []);
            _tokens.AddRange(chunk);
        }
    }

    /// <summary>Reads one token.</summary>
    /// <param name="token">A token of the vocabulary.</param>
    public void Read(int token) => Read([token]);

    /// <summary>Forgets tokens from the end.</summary>
    /// <param name="length">Tokens to keep.</param>
    public void Rewind(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _tokens.Count);
        _tokens.RemoveRange(length, _tokens.Count - length);
    }

    /// <summary>
    /// Brings the session to exactly these tokens, keeping what it has read of them already, and at least the last is read anew so that
    /// <see cref="Logits"/> are those after it.
    /// </summary>
    /// <param name="tokens">The whole sequence, not empty.</param>
    /// <param name="cancellationToken">Is looked at between chunks.</param>
    /// <returns>Number of tokens that needed not be computed.</returns>
    public int ReadFromStart(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        if (tokens.IsEmpty)
        {
            throw new ArgumentException("At least one token is needed.", nameof(tokens));
        }

        int common = 0;
        while (common < tokens.Length - 1 && common < _tokens.Count && _tokens[common] == tokens[common])
        {
            common++;
        }

        Rewind(common);
        Read(tokens[common..], cancellationToken);
        return common;
    }

    /// <summary>
    /// Generates tokens after a prompt. What the session has read of the prompt before is not computed again, so a conversation costs only
    /// what is new in it.
    /// </summary>
    /// <param name="prompt">The whole sequence so far, not empty.</param>
    /// <param name="options">How tokens are chosen and when to stop; see <see cref="GenerationOptions.Over"/> for a model's defaults.</param>
    /// <param name="cancellationToken">Is looked at between tokens, and between chunks of the prompt.</param>
    /// <returns>Tokens as they are computed; the last says why it is the last.</returns>
    /// <exception cref="ArgumentException">The prompt is empty, too long, or has tokens that are not in the vocabulary.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public IEnumerable<GeneratedToken> Generate(ReadOnlySpan<int> prompt, GenerationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Run(new Generator(this, prompt, options), cancellationToken);

        static IEnumerable<GeneratedToken> Run(Generator generator, CancellationToken cancellationToken)
        {
            GeneratedToken token;
            do
            {
                token = generator.Next(cancellationToken);
                yield return token;
            }
            while (token.Finish is null);
        }
    }

    /// <summary>As <see cref="Generate"/>, with each token computed away from the calling thread.</summary>
    /// <param name="prompt">The whole sequence so far, not empty.</param>
    /// <param name="options">How tokens are chosen and when to stop.</param>
    /// <param name="cancellationToken">Is looked at between tokens, and between chunks of the prompt.</param>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(
        ReadOnlySpan<int> prompt, GenerationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return RunAsync(new Generator(this, prompt, options), cancellationToken);

        static async IAsyncEnumerable<GeneratedToken> RunAsync(Generator generator, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            GeneratedToken token;
            do
            {
                token = await Task.Run(() => generator.Next(cancellationToken), cancellationToken).ConfigureAwait(false);
                yield return token;
            }
            while (token.Finish is null);
        }
    }

    /// <summary>Frees keys and values; waits for a pass that is under way.</summary>
    public void Dispose()
    {
        _disposed = true;
        _model.Release(_cache);
    }

    /// <summary>Logits after each of some tokens, at most a chunk of them; for evaluation.</summary>
    internal float[] ReadAll(ReadOnlySpan<int> tokens)
    {
        float[] logits = new float[tokens.Length * _logits.Length];
        ReadAll(tokens, logits);
        return logits;
    }

    /// <summary>Reads tokens, at most a chunk of them, and fills in the logits after each.</summary>
    internal void ReadAll(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        Check(tokens);
        System.Diagnostics.Debug.Assert(tokens.Length <= _model.ChunkLength && logits.Length == tokens.Length * _logits.Length);
        _readLength = _tokens.Count + tokens.Length;
        _model.Forward(tokens, _tokens.Count, _readLength, _cache, logits);
        _tokens.AddRange(tokens);
    }

    /// <summary>Forgets tokens from the end, and takes note of the logits after those that stay.</summary>
    internal void Rewind(int length, ReadOnlySpan<float> logits)
    {
        Rewind(length);
        logits.CopyTo(_logits);
    }

    /// <summary>
    /// How many tokens may be read together with the same result as one by one: as many as fit, unless positions are rotated by the length
    /// of the sequence.
    /// </summary>
    internal int FreeForDraft
    {
        get
        {
            RopeConfiguration? rope = _model.Configuration.Rope;
            int end = rope?.Scaling switch
            {
                RopeScaling.Dynamic => Math.Min(_model.ContextLength, _model.Configuration.MaximumPositions),
                RopeScaling.LongRope when _tokens.Count <= rope.OriginalPositions => Math.Min(_model.ContextLength, rope.OriginalPositions),
                _ => _model.ContextLength,
            };
            return Math.Max(1, end - _tokens.Count);
        }
    }

    private void Check(ReadOnlySpan<int> tokens)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int free = _model.ContextLength - _tokens.Count;
        if (tokens.Length > free)
        {
            throw new ArgumentException($"{tokens.Length} tokens do not fit: {free} of {_model.ContextLength} positions are free.", nameof(tokens));
        }

        _model.CheckVocabulary(tokens);
    }
}
