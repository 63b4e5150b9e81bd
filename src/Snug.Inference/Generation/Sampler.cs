using System.Numerics;

namespace Snug.Inference;

/// <summary>Chooses a token from logits. Buffers are made once; choosing allocates nothing.</summary>
internal sealed class Sampler
{
    private readonly GenerationOptions _options;
    private readonly int[] _candidates;
    private readonly float[] _scores;
    private readonly bool _greedy;
    private RandomStream _random;

    public Sampler(GenerationOptions options, int vocabulary)
    {
        _options = options;
        _greedy = options.DoSample != true || options.Temperature == 0;
        _candidates = new int[_greedy ? 0 : vocabulary];
        _scores = new float[_greedy ? 0 : vocabulary];
        _random = new RandomStream(options.Seed ?? (ulong)Random.Shared.NextInt64());
    }

    /// <summary>The index of the highest number, the first of equals; what is not a number never wins.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        float max = float.NegativeInfinity;
        int i = 0;
        if (Vector.IsHardwareAccelerated && values.Length >= Vector<float>.Count)
        {
            Vector<float> highest = new(float.NegativeInfinity);
            for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector<float> v = new(values[i..]);
                highest = Vector.ConditionalSelect(Vector.GreaterThan(v, highest), v, highest);
            }

            for (int lane = 0; lane < Vector<float>.Count; lane++)
            {
                max = highest[lane] > max ? highest[lane] : max;
            }
        }

        for (; i < values.Length; i++)
        {
            max = values[i] > max ? values[i] : max;
        }

        return Math.Max(0, values.IndexOf(max));
    }

    /// <summary>Logarithm of a token's probability.</summary>
    public static float LogProbability(ReadOnlySpan<float> logits, int token)
    {
        float max = logits[ArgMax(logits)];
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        return (float)(logits[token] - max - Math.Log(sum));
    }

    /// <summary>Chooses a token.</summary>
    public int Choose(ReadOnlySpan<float> logits)
    {
        if (_greedy)
        {
            return ArgMax(logits);
        }

        Span<float> scores = _scores.AsSpan(0, Gather(logits));
        Span<int> candidates = _candidates.AsSpan(0, scores.Length);
        if (scores.IsEmpty)
        {
            return ArgMax(logits);
        }

        int kept = TopK(scores, candidates);
        double sum = ToProbabilities(scores[..kept]);
        (kept, sum) = TopP(scores[..kept], candidates[..kept], sum);
        return Draw(MinP(scores[..kept], candidates[..kept], sum));
    }

    /// <summary>Tokens that are not forbidden, their logits divided by the temperature.</summary>
    private int Gather(ReadOnlySpan<float> logits)
    {
        float inverse = 1f / (_options.Temperature ?? 1f);
        int count = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            float score = logits[i] * inverse;
            if (score > float.NegativeInfinity)
            {
                _candidates[count] = i;
                _scores[count++] = score;
            }
        }

        return count;
    }

    /// <summary>Moves the k likeliest, and what equals the last of them, to the front.</summary>
    private int TopK(Span<float> scores, Span<int> candidates)
    {
        int k = _options.TopK ?? 0;
        if (k == 0 || k >= scores.Length)
        {
            return scores.Length;
        }

        float least = KthLargest(scores, k);
        int kept = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] >= least)
            {
                (scores[kept], candidates[kept]) = (scores[i], candidates[i]);
                kept++;
            }
        }

        return kept;
    }

    /// <summary>The k-th largest score, by a heap of the k largest: one pass, no second buffer but the stack's.</summary>
    private static float KthLargest(ReadOnlySpan<float> scores, int k)
    {
        const int OnStack = 1024;
        Span<float> heap = k <= OnStack ? stackalloc float[OnStack] : new float[k];
        heap = heap[..k];
        scores[..k].CopyTo(heap);
        for (int i = (k / 2) - 1; i >= 0; i--)
        {
            SiftDown(heap, i);
        }

        foreach (float score in scores[k..])
        {
            if (score > heap[0])
            {
                heap[0] = score;
                SiftDown(heap, 0);
            }
        }

        return heap[0];
    }

    private static void SiftDown(Span<float> heap, int at)
    {
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= heap.Length)
            {
                return;
            }

            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (heap[at] <= heap[child])
            {
                return;
            }

            (heap[at], heap[child]) = (heap[child], heap[at]);
            at = child;
        }
    }

    /// <summary>Makes scores probabilities up to a common factor; returns their sum.</summary>
    private static double ToProbabilities(Span<float> scores)
    {
        float max = scores[ArgMax(scores)];
        double sum = 0;
        foreach (ref float score in scores)
        {
            // An infinite logit is certain; the difference of two infinities would be no number.
            score = score == max ? 1f : MathF.Exp(score - max);
            sum += score;
        }

        return sum;
    }

    /// <summary>Keeps the likeliest tokens that reach the probability, at least one; sorts them.</summary>
    private (int Kept, double Sum) TopP(Span<float> weights, Span<int> candidates, double sum)
    {
        float topP = _options.TopP ?? 1;
        if (topP >= 1)
        {
            return (weights.Length, sum);
        }

        // All tokens below this share together have less than what is cut off, so they need not be sorted.
        double negligible = sum * (1 - topP) / weights.Length;
        int count = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] >= negligible)
            {
                (weights[count], candidates[count]) = (-weights[i], candidates[i]);
                count++;
            }
        }

        weights[..count].Sort(candidates[..count]);
        double target = sum * topP;
        double reached = 0;
        int kept = 0;
        while (kept < count && (kept == 0 || reached < target))
        {
            weights[kept] = -weights[kept];
            reached += weights[kept++];
        }

        return (kept, reached);
    }

    /// <summary>Moves tokens that are likely enough, compared with the likeliest, to the front.</summary>
    private (int Kept, double Sum) MinP(Span<float> weights, Span<int> candidates, double sum)
    {
        float minP = _options.MinP ?? 0;
        if (minP <= 0)
        {
            return (weights.Length, sum);
        }

        // The likeliest has the weight 1.
        int kept = 0;
        double reached = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] >= minP)
            {
                (weights[kept], candidates[kept]) = (weights[i], candidates[i]);
                reached += weights[kept++];
            }
        }

        return (kept, reached);
    }

    private int Draw((int Kept, double Sum) choice)
    {
        double target = _random.NextDouble() * choice.Sum;
        for (int i = 0; i < choice.Kept - 1; i++)
        {
            target -= _scores[i];
            if (target < 0)
            {
                return _candidates[i];
            }
        }

        return _candidates[choice.Kept - 1];
    }
}
