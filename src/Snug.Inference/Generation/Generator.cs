using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Snug.Inference;

/// <summary>One run of generation: reads the prompt, then chooses and reads tokens in turn.</summary>
internal sealed class Generator
{
    private readonly InferenceSession _session;
    private readonly GenerationOptions _options;
    private readonly ImmutableArray<int> _ends;
    private readonly Sampler _sampler;
    private readonly float[] _logits;
    private readonly int[] _counts;
    private readonly List<int> _tokens;
    private readonly int _promptLength;
    private readonly int _most;

    public Generator(InferenceSession session, ReadOnlySpan<int> prompt, GenerationOptions options)
    {
        options.Validate();
        int vocabulary = session.Model.Configuration.VocabularySize;
        _session = session;
        _options = options;
        _ends = options.EndTokens ?? session.Model.Configuration.EndTokens;
        _sampler = new Sampler(options, vocabulary);
        _logits = new float[vocabulary];
        _counts = new int[vocabulary];
        _promptLength = prompt.Length;
        _most = options.MaxNewTokens ?? GenerationOptions.DefaultMaxNewTokens;
        _tokens = new List<int>(Math.Min(session.Model.ContextLength, prompt.Length + _most) + 1);
        _tokens.AddRange(prompt);
        if (_promptLength == 0 || _promptLength > session.Model.ContextLength)
        {
            throw new ArgumentException($"The prompt has {_promptLength} tokens; it must have from 1 to {session.Model.ContextLength}.", nameof(prompt));
        }
    }

    /// <summary>The next token; the first call reads the prompt.</summary>
    public GeneratedToken Next(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_tokens.Count == _promptLength)
        {
            _session.ReadFromStart(CollectionsMarshal.AsSpan(_tokens), cancellationToken);
        }
        else
        {
            _session.Read(_tokens[^1]);
        }

        int token = Choose();
        float logProbability = _options.LogProbabilities ? Sampler.LogProbability(_session.Logits, token) : float.NaN;
        _tokens.Add(token);
        return new GeneratedToken(token, logProbability, FinishAfter(token));
    }

    private int Choose()
    {
        _session.Logits.CopyTo(_logits);
        Span<int> tokens = CollectionsMarshal.AsSpan(_tokens);
        Penalties.Apply(_options, tokens, _promptLength, _logits, _counts);
        if (_tokens.Count - _promptLength < (_options.MinNewTokens ?? 0))
        {
            foreach (int end in _ends)
            {
                if ((uint)end < (uint)_logits.Length)
                {
                    _logits[end] = float.NegativeInfinity;
                }
            }
        }

        if (!_options.Processors.IsDefaultOrEmpty)
        {
            foreach (ILogitsProcessor processor in _options.Processors)
            {
                processor.Process(tokens, _promptLength, _logits);
            }
        }

        return _sampler.Choose(_logits);
    }

    private FinishReason? FinishAfter(int token) =>
        _ends.Contains(token) ? FinishReason.EndToken
        : !_options.StopTokens.IsDefaultOrEmpty && _options.StopTokens.Contains(token) ? FinishReason.StopToken
        : _tokens.Count - _promptLength >= _most ? FinishReason.Length
        : _tokens.Count > _session.Model.ContextLength ? FinishReason.ContextFull
        : null;
}
