using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>Chooses the next token of a sequence: penalties, processors, sampling, and whether it is the last.</summary>
internal sealed class TokenChooser
{
    private readonly GenerationOptions _options;
    private readonly ImmutableArray<int> _ends;
    private readonly Sampler _sampler;
    private readonly float[] _logits;
    private readonly int[] _counts;
    private readonly int _promptLength;
    private readonly int _most;
    private readonly int _contextLength;

    public TokenChooser(CausalModel model, GenerationOptions options, ReadOnlySpan<int> prompt)
    {
        options.Validate();
        if (prompt.IsEmpty || prompt.Length > model.ContextLength)
        {
            throw new ArgumentException($"The prompt has {prompt.Length} tokens; it must have from 1 to {model.ContextLength}.", nameof(prompt));
        }

        int vocabulary = model.Configuration.VocabularySize;
        _options = options;
        _ends = options.EndTokens ?? model.Configuration.EndTokens;
        _sampler = new Sampler(options, vocabulary);
        _logits = new float[vocabulary];
        _counts = new int[vocabulary];
        _promptLength = prompt.Length;
        _most = options.MaxNewTokens ?? GenerationOptions.DefaultMaxNewTokens;
        _contextLength = model.ContextLength;
    }

    /// <summary>Most tokens that the sequence can get: prompt, generated ones, and one that needs no place in the context.</summary>
    public int Capacity => (int)Math.Min(_contextLength, (long)_promptLength + _most) + 1;

    /// <summary>Chooses the token that follows a sequence.</summary>
    /// <param name="logits">The model's logits after the sequence.</param>
    /// <param name="tokens">The sequence.</param>
    public GeneratedToken Next(ReadOnlySpan<float> logits, ReadOnlySpan<int> tokens)
    {
        logits.CopyTo(_logits);
        Process(tokens, _logits);
        int token = _sampler.Choose(_logits);
        float logProbability = _options.LogProbabilities ? Sampler.LogProbability(logits, token) : float.NaN;
        return new GeneratedToken(token, logProbability, FinishAfter(token, tokens.Length + 1));
    }

    /// <summary>Penalties and processors, in place.</summary>
    public void Process(ReadOnlySpan<int> tokens, Span<float> scores)
    {
        Penalties.Apply(_options, tokens, _promptLength, scores, _counts);
        if (tokens.Length - _promptLength < (_options.MinNewTokens ?? 0))
        {
            foreach (int end in _ends)
            {
                if ((uint)end < (uint)scores.Length)
                {
                    scores[end] = float.NegativeInfinity;
                }
            }
        }

        if (!_options.Processors.IsDefaultOrEmpty)
        {
            foreach (ILogitsProcessor processor in _options.Processors)
            {
                processor.Process(tokens, _promptLength, scores);
            }
        }
    }

    /// <summary>Why a token is the last of a sequence that has so many with it; null if it is not.</summary>
    public FinishReason? FinishAfter(int token, int length) =>
        _ends.Contains(token) ? FinishReason.EndToken
        : !_options.StopTokens.IsDefaultOrEmpty && _options.StopTokens.Contains(token) ? FinishReason.StopToken
        : length - _promptLength >= _most ? FinishReason.Length
        : length > _contextLength ? FinishReason.ContextFull
        : null;
}
