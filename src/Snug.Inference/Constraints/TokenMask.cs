using System.Numerics;

namespace Snug.Inference;

/// <summary>Tokens that may come.</summary>
/// <param name="Bits">A bit for each token.</param>
/// <param name="Longest">Of the shortest ways to an end behind each of them the longest, in bytes.</param>
/// <param name="HasAny">Whether there is one.</param>
internal sealed record TokenMask(ulong[] Bits, int Longest, bool HasAny)
{
    /// <summary>Forbids the other tokens, but for some.</summary>
    public void Apply(Span<float> logits, ReadOnlySpan<int> spared)
    {
        Span<float> kept = stackalloc float[spared.Length];
        for (int i = 0; i < spared.Length; i++)
        {
            kept[i] = logits[spared[i]];
        }

        for (int word = 0, start = 0; start < logits.Length; word++, start += 64)
        {
            Span<float> part = logits.Slice(start, Math.Min(64, logits.Length - start));
            ulong forbidden = word < Bits.Length ? ~Bits[word] : ulong.MaxValue;
            if (forbidden == ulong.MaxValue)
            {
                part.Fill(float.NegativeInfinity);
                continue;
            }

            for (; forbidden != 0; forbidden &= forbidden - 1)
            {
                int bit = BitOperations.TrailingZeroCount(forbidden);
                if (bit >= part.Length)
                {
                    break;
                }

                part[bit] = float.NegativeInfinity;
            }
        }

        for (int i = 0; i < spared.Length; i++)
        {
            logits[spared[i]] = kept[i];
        }
    }
}
