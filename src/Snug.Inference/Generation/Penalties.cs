namespace Snug.Inference;

/// <summary>Penalties for tokens that occurred before.</summary>
internal static class Penalties
{
    /// <summary>Changes the logits of tokens of the sequence, each once; <paramref name="counts"/> is zero before and after.</summary>
    public static void Apply(GenerationOptions options, ReadOnlySpan<int> tokens, int promptLength, Span<float> logits, Span<int> counts)
    {
        float repetition = options.RepetitionPenalty ?? 1;
        float frequency = options.FrequencyPenalty ?? 0;
        float presence = options.PresencePenalty ?? 0;
        if (repetition != 1)
        {
            foreach (int token in tokens)
            {
                if (counts[token]++ == 0)
                {
                    logits[token] = logits[token] < 0 ? logits[token] * repetition : logits[token] / repetition;
                }
            }

            Forget(tokens, counts);
        }

        if (frequency != 0 || presence != 0)
        {
            ReadOnlySpan<int> generated = tokens[promptLength..];
            foreach (int token in generated)
            {
                logits[token] -= counts[token]++ == 0 ? presence + frequency : frequency;
            }

            Forget(generated, counts);
        }
    }

    private static void Forget(ReadOnlySpan<int> tokens, Span<int> counts)
    {
        foreach (int token in tokens)
        {
            counts[token] = 0;
        }
    }
}
