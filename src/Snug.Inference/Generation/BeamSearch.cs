using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>
/// Beam search with the meaning that it has in transformers: of all continuations of the running beams the best go on, those with an end
/// token become hypotheses, and penalties and processors work on log probabilities.
/// </summary>
internal sealed class BeamSearch : IDisposable
{
    private readonly CausalModel _model;
    private readonly BeamSearchOptions _beams;
    private readonly TokenChooser _chooser;
    private readonly int _promptLength;
    private readonly int _most;
    private readonly int _vocabulary;
    private readonly PassPart[] _parts;
    private readonly Candidate[] _best;
    private readonly List<BeamHypothesis> _hypotheses = [];
    private Beam[] _running;
    private Beam[] _next;

    public BeamSearch(CausalModel model, ReadOnlySpan<int> prompt, GenerationOptions options, BeamSearchOptions beams)
    {
        beams.Validate();
        _model = model;
        _beams = beams;
        _chooser = new TokenChooser(model, options, prompt);
        _promptLength = prompt.Length;
        _most = Math.Min(options.MaxNewTokens ?? GenerationOptions.DefaultMaxNewTokens, model.ContextLength - prompt.Length + 1);
        _vocabulary = model.Configuration.VocabularySize;
        _parts = new PassPart[beams.Beams];

        // Enough that as many go on as there are beams, even if every end token is among them for each.
        int ends = (options.EndTokens ?? model.Configuration.EndTokens).Length + (options.StopTokens.IsDefault ? 0 : options.StopTokens.Length);
        _best = new Candidate[(int)Math.Min((long)Math.Max(2, 1 + ends) * beams.Beams, (long)beams.Beams * _vocabulary)];
        _running = [.. Enumerable.Range(0, beams.Beams).Select(_ => new Beam(model, _chooser.Capacity))];
        _next = new Beam[beams.Beams];
        prompt.CopyTo(_running[0].Tokens);
    }

    public IReadOnlyList<BeamHypothesis> Run(CancellationToken cancellationToken)
    {
        ReadPrompt(cancellationToken);
        int generated = 0;
        int active = 1;
        bool done = false;
        while (!done && generated < _most)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (generated > 0)
            {
                ReadLast(active, _promptLength + generated - 1);
            }

            int candidates = Rank(active, _promptLength + generated);
            generated++;
            float best = _best[0].Sum;
            active = Continue(_best.AsSpan(0, candidates), generated);
            done = active == 0 || IsDone(best, generated);
        }

        if (!done)
        {
            for (int i = 0; i < active; i++)
            {
                FinishReason reason = _promptLength + generated > _model.ContextLength ? FinishReason.ContextFull : FinishReason.Length;
                Keep(_running[i].Tokens.AsSpan(_promptLength, generated), _running[i].Sum, generated, reason);
            }
        }

        return [.. _hypotheses.Take(_beams.Results)];
    }

    public void Dispose()
    {
        foreach (Beam beam in _running)
        {
            _model.Release(beam.Cache);
        }
    }

    private void ReadPrompt(CancellationToken cancellationToken)
    {
        Beam first = _running[0];
        for (int start = 0; start < _promptLength; start += _model.ChunkLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(_model.ChunkLength, _promptLength - start);
            bool isLast = start + count == _promptLength;
            _model.Forward(first.Tokens.AsSpan(start, count), start, _promptLength, first.Cache, isLast ? first.Logits : []);
        }

        first.ReadLength = _promptLength;
    }

    /// <summary>Reads the last token of every beam, as many together as fit in a pass.</summary>
    private void ReadLast(int active, int position)
    {
        int length = position + 1;
        for (int i = 0; i < active; i++)
        {
            Beam beam = _running[i];
            if (!_model.SharesRotation(beam.ReadLength, length))
            {
                for (int start = 0; start < position; start += _model.ChunkLength)
                {
                    _model.Forward(beam.Tokens.AsSpan(start, Math.Min(_model.ChunkLength, position - start)), start, length, beam.Cache, []);
                }
            }

            beam.ReadLength = length;
            _parts[i] = new PassPart(beam.Tokens.AsMemory(position, 1), position, length, beam.Cache, beam.Logits);
        }

        for (int first = 0; first < active; first += _model.ChunkLength)
        {
            _model.Forward(_parts.AsSpan(first, Math.Min(_model.ChunkLength, active - first)));
        }
    }

    /// <summary>Finds the best continuations of all beams, best first; returns how many there are.</summary>
    private int Rank(int active, int length)
    {
        int count = 0;
        for (int i = 0; i < active; i++)
        {
            Beam beam = _running[i];
            ToLogProbabilities(beam.Logits);
            _chooser.Process(beam.Tokens.AsSpan(0, length), beam.Logits);
            for (int token = 0; token < _vocabulary; token++)
            {
                float sum = beam.Sum + beam.Logits[token];
                if (sum > float.NegativeInfinity && (count < _best.Length || sum > _best[count - 1].Sum))
                {
                    count = Insert(new Candidate(i, token, sum), count);
                }
            }
        }

        return count;
    }

    private int Insert(Candidate candidate, int count)
    {
        int at = count < _best.Length ? count++ : count - 1;
        for (; at > 0 && _best[at - 1].Sum < candidate.Sum; at--)
        {
            _best[at] = _best[at - 1];
        }

        _best[at] = candidate;
        return count;
    }

    /// <summary>Makes hypotheses and the next beams of the candidates; returns the number of beams that go on.</summary>
    private int Continue(ReadOnlySpan<Candidate> candidates, int generated)
    {
        int length = _promptLength + generated;
        int active = 0;
        Span<int> parents = stackalloc int[BeamSearchOptions.MaxBeams];
        Span<Candidate> chosen = new Candidate[_beams.Beams];
        for (int rank = 0; rank < candidates.Length && active < _beams.Beams; rank++)
        {
            Candidate candidate = candidates[rank];
            if (_chooser.FinishAfter(candidate.Token, _promptLength + 1) is not (FinishReason.EndToken or FinishReason.StopToken))
            {
                parents[active] = candidate.Beam;
                chosen[active++] = candidate;
            }
            else if (rank < _beams.Beams)
            {
                Span<int> tokens = _running[candidate.Beam].Tokens.AsSpan(_promptLength, generated);
                tokens[^1] = candidate.Token;
                Keep(tokens, candidate.Sum, generated, _chooser.FinishAfter(candidate.Token, length)!.Value);
            }
        }

        Inherit(parents[..active], length - 1);
        for (int i = 0; i < active; i++)
        {
            _next[i].Sum = chosen[i].Sum;
            _next[i].Tokens[length - 1] = chosen[i].Token;
        }

        (_running, _next) = (_next, _running);
        return active;
    }

    /// <summary>The first child of a beam takes its cache over; others get copies, in the place of beams that have no children.</summary>
    private void Inherit(ReadOnlySpan<int> parents, int positions)
    {
        int childless = 0;
        for (int i = 0; i < _next.Length; i++)
        {
            if (i < parents.Length && !parents[..i].Contains(parents[i]))
            {
                _next[i] = _running[parents[i]];
                continue;
            }

            while (parents.Contains(childless))
            {
                childless++;
            }

            _next[i] = _running[childless++];
            if (i < parents.Length)
            {
                _next[i].CopyFrom(_running[parents[i]], positions);
            }
        }
    }

    private bool IsDone(float best, int generated)
    {
        if (_hypotheses.Count < _beams.Beams)
        {
            return false;
        }

        int length = _beams.Stopping == BeamStopping.Exhaustive && _beams.LengthPenalty > 0 ? _most : generated;
        return _beams.Stopping == BeamStopping.WhenEnough || _hypotheses[^1].Score >= Score(best, length);
    }

    /// <summary>Adds a hypothesis if it is among the best, as many as there are beams.</summary>
    private void Keep(ReadOnlySpan<int> tokens, float sum, int generated, FinishReason reason)
    {
        float score = Score(sum, generated);
        if (_hypotheses.Count == _beams.Beams && score <= _hypotheses[^1].Score)
        {
            return;
        }

        int at = _hypotheses.FindIndex(other => other.Score < score);
        _hypotheses.Insert(at < 0 ? _hypotheses.Count : at, new BeamHypothesis([.. tokens], score, reason));
        if (_hypotheses.Count > _beams.Beams)
        {
            _hypotheses.RemoveAt(_hypotheses.Count - 1);
        }
    }

    private float Score(float sum, int length) => sum / MathF.Pow(length, _beams.LengthPenalty);

    private static void ToLogProbabilities(Span<float> logits)
    {
        float max = logits[Sampler.ArgMax(logits)];
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        float shift = max + (float)Math.Log(sum);
        foreach (ref float logit in logits)
        {
            logit -= shift;
        }
    }

    private readonly record struct Candidate(int Beam, int Token, float Sum);

    private sealed class Beam(CausalModel model, int capacity)
    {
        public KeyValueCache Cache { get; } = new(model.Configuration, model.ContextLength);

        public int[] Tokens { get; } = new int[capacity];

        public float[] Logits { get; } = new float[model.Configuration.VocabularySize];

        public float Sum { get; set; }

        /// <summary>Length of the sequence when its keys were computed.</summary>
        public int ReadLength { get; set; }

        public void CopyFrom(Beam other, int positions)
        {
            Cache.CopyFrom(other.Cache, positions);
            other.Tokens.AsSpan(0, positions).CopyTo(Tokens);
            ReadLength = other.ReadLength;
        }
    }
}
