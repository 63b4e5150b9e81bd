using System.Numerics;

namespace Snug.Inference;

/// <summary>Makes one vector of those of a sequence's tokens.</summary>
internal static unsafe class Pooler
{
    /// <summary>How many vectors come one behind the other.</summary>
    public static int Count(PoolingModes modes) => BitOperations.PopCount((uint)modes);

    /// <summary>Pools the rows of a sequence.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="rows">The tokens' vectors, one behind the other.</param>
    /// <param name="width">Numbers of a vector.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="unpooled">Tokens at the beginning that means and maxima pass over.</param>
    /// <param name="modes">What is wanted.</param>
    /// <param name="result">Is filled: <paramref name="width"/> numbers for each mode.</param>
    public static void Pool(Kernels kernels, float* rows, int width, int count, int unpooled, PoolingModes modes, float* result)
    {
        for (int bit = 1; bit <= (int)PoolingModes.LastToken; bit <<= 1)
        {
            PoolingModes mode = modes & (PoolingModes)bit;
            if (mode == PoolingModes.None)
            {
                continue;
            }

            Span<float> pooled = new(result, width);
            pooled.Clear();
            switch (mode)
            {
                case PoolingModes.FirstToken:
                    new ReadOnlySpan<float>(rows, width).CopyTo(pooled);
                    break;
                case PoolingModes.LastToken:
                    new ReadOnlySpan<float>(rows + ((long)(count - 1) * width), width).CopyTo(pooled);
                    break;
                case PoolingModes.Max:
                    Max(rows, count, unpooled, pooled);
                    break;
                default:
                    Sum(kernels, rows, width, count, unpooled, mode, result);
                    break;
            }

            result += width;
        }
    }

    private static void Max(float* rows, int count, int unpooled, Span<float> pooled)
    {
        for (int token = unpooled; token < count; token++)
        {
            ReadOnlySpan<float> row = new(rows + ((long)token * pooled.Length), pooled.Length);
            for (int i = 0; i < pooled.Length; i++)
            {
                pooled[i] = token == unpooled ? row[i] : MathF.Max(pooled[i], row[i]);
            }
        }
    }

    private static void Sum(Kernels kernels, float* rows, int width, int count, int unpooled, PoolingModes mode, float* result)
    {
        float weights = 0;
        for (int token = unpooled; token < count; token++)
        {
            float weight = mode == PoolingModes.WeightedMean ? token + 1 : 1;
            weights += weight;
            kernels.AddScaled(result, rows + ((long)token * width), weight, width);
        }

        if (weights > 0)
        {
            kernels.Scale(result, 1f / (mode == PoolingModes.MeanRootLength ? MathF.Sqrt(weights) : weights), width);
        }
    }
}
