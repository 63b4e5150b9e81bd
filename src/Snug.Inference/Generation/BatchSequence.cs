namespace Snug.Inference;

/// <summary>A sequence of a <see cref="GenerationBatch"/>.</summary>
#pragma warning disable CA1001 // The batch frees the cache when the sequence leaves.
public sealed class BatchSequence
#pragma warning restore CA1001
{
    private readonly TokenChooser _chooser;
    private readonly KeyValueCache _cache;
    private readonly int[] _tokens;
    private readonly float[] _logits;
    private int _length;
    private int _read;
    private int _readLength;
    private volatile bool _removed;

    internal BatchSequence(CausalModel model, ReadOnlySpan<int> prompt, GenerationOptions options)
    {
        _chooser = new TokenChooser(model, options, prompt);
        _cache = new KeyValueCache(model.Configuration, model.ContextLength);
        _tokens = new int[_chooser.Capacity];
        _logits = new float[model.Configuration.VocabularySize];
        prompt.CopyTo(_tokens);
        _length = PromptLength = prompt.Length;
    }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptLength { get; }

    /// <summary>Prompt and generated tokens; to be read between steps.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _length);

    /// <summary>Why the sequence has ended; null while it has not.</summary>
    public FinishReason? Finish { get; private set; }

    internal bool IsRemoved => _removed;

    /// <summary>Takes the sequence out before it has ended, at the next step; what it has generated stays. May be called from any thread.</summary>
    public void Remove() => _removed = true;

    /// <summary>Tokens that the model has not read.</summary>
    internal int Unread => _length - _read;

    /// <summary>Lets everything be read anew when the sequence has got so long that its positions are rotated in another way.</summary>
    internal void PrepareRotation(CausalModel model)
    {
        if (_read > 0 && !model.SharesRotation(_readLength, _length))
        {
            _read = 0;
        }

        _readLength = _length;
    }

    /// <summary>The next unread tokens; with logits if they are the last.</summary>
    internal PassPart Part(int count) =>
        new(_tokens.AsMemory(_read, count), _read, _length, _cache, count == Unread ? _logits : Memory<float>.Empty);

    /// <summary>Takes note that tokens were read, and chooses the next if they were the last.</summary>
    internal GeneratedToken? Advance(int count)
    {
        _read += count;
        if (Unread > 0)
        {
            return null;
        }

        GeneratedToken token = _chooser.Next(_logits, Tokens);
        _tokens[_length++] = token.Id;
        Finish = token.Finish;
        return token;
    }

    internal void Release(CausalModel model) => model.Release(_cache);
}
