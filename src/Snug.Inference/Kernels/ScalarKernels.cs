namespace Snug.Inference;

/// <summary>
/// Every kernel as a plain loop: what runs where the processor has no vectors, and what the others are tested against.
/// </summary>
internal sealed unsafe class ScalarKernels : Kernels
{
    /// <summary>Square root of 2 / pi.</summary>
    public const float GeluFactor = 0.7978845608028654f;

    /// <summary>Factor of the cubic term in the tanh approximation of GELU.</summary>
    public const float GeluCubic = 0.044715f;

    public override string Name => "scalar";

    public static float Gelu(float x) => 0.5f * x * (1f + MathF.Tanh(GeluFactor * (x + (GeluCubic * x * x * x))));

    public override void MultiplyRows(
        TensorType type, byte* weights, int columns, int firstRow, int endRow, float* x, int xStride, int tokens, float* y, int yStride)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            for (int m = 0; m < tokens; m++)
            {
                float sum = 0;
                for (int k = 0; k < columns; k++)
                {
                    sum += Weight(type, weights, ((long)row * columns) + k) * x[((long)m * xStride) + k];
                }

                y[((long)m * yStride) + row] = sum;
            }
        }
    }

    public override void MultiplyPacked(TensorType type, byte* weights, int firstRow, int endRow, QuantizedRows x, int tokens, float* y, int yStride)
    {
        Span<int> numbers = stackalloc int[PackedRows.Block];
        for (int row = firstRow; row < endRow; row++)
        {
            for (int m = 0; m < tokens; m++)
            {
                y[((long)m * yStride) + row] = 0;
            }

            for (int block = 0; block < x.Columns / PackedRows.Block; block++)
            {
                (float first, float second, float minimum) = PackedRows.ReadBlock(type, weights, x.Columns, row, block, numbers);
                for (int m = 0; m < tokens; m++)
                {
                    y[((long)m * yStride) + row] += BlockProduct(numbers, first, second, minimum, x.From(m), block);
                }
            }
        }
    }

    public override int PanelWidth => 8;

    public override void MultiplyPanels(PanelMatrix weights, int firstPanel, int endPanel, float* x, int xStride, int tokens, float* y, int yStride)
    {
        int end = Math.Min(endPanel * PanelWidth, weights.Rows);
        for (int row = firstPanel * PanelWidth; row < end; row++)
        {
            for (int m = 0; m < tokens; m++)
            {
                float sum = weights.Bias[row];
                for (int k = 0; k < weights.Columns; k++)
                {
                    sum += Weight(weights.Type, weights.Pointer, weights.IndexOf(row, k)) * x[((long)m * xStride) + k];
                }

                y[((long)m * yStride) + row] = sum;
            }
        }
    }

    public override void Quantize(float* x, int count, sbyte* numbers, float* scales, int* sums)
    {
        for (int block = 0; block < count / PackedRows.Block; block++)
        {
            float max = 0;
            for (int i = block * PackedRows.Block; i < (block + 1) * PackedRows.Block; i++)
            {
                max = MathF.Max(max, MathF.Abs(x[i]));
            }

            scales[block] = max / 127f;
            float inverse = max == 0 ? 0 : 127f / max;
            sums[2 * block] = 0;
            sums[(2 * block) + 1] = 0;
            for (int i = block * PackedRows.Block; i < (block + 1) * PackedRows.Block; i++)
            {
                numbers[i] = (sbyte)MathF.Round(x[i] * inverse);
                sums[i / 16] += numbers[i];
            }
        }
    }

    public override void RmsNorm(float* x, float* weight, float epsilon, int count, float* y)
    {
        float sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += x[i] * x[i];
        }

        float factor = 1f / MathF.Sqrt((sum / count) + epsilon);
        for (int i = 0; i < count; i++)
        {
            y[i] = x[i] * factor * weight[i];
        }
    }

    public override void LayerNorm(float* x, float* weight, float* bias, float epsilon, int count, float* y)
    {
        float mean = 0;
        for (int i = 0; i < count; i++)
        {
            mean += x[i];
        }

        mean /= count;
        float variance = 0;
        for (int i = 0; i < count; i++)
        {
            variance += (x[i] - mean) * (x[i] - mean);
        }

        float factor = 1f / MathF.Sqrt((variance / count) + epsilon);
        for (int i = 0; i < count; i++)
        {
            y[i] = ((x[i] - mean) * factor * weight[i]) + bias[i];
        }
    }

    public override void Add(float* x, float* y, int count)
    {
        for (int i = 0; i < count; i++)
        {
            x[i] += y[i];
        }
    }

    public override void AddScaled(float* x, float* y, float factor, int count)
    {
        for (int i = 0; i < count; i++)
        {
            x[i] += y[i] * factor;
        }
    }

    public override void Scale(float* x, float factor, int count)
    {
        for (int i = 0; i < count; i++)
        {
            x[i] *= factor;
        }
    }

    public override void GatedSilu(float* gate, float* up, int count)
    {
        for (int i = 0; i < count; i++)
        {
            gate[i] = gate[i] / (1f + MathF.Exp(-gate[i])) * up[i];
        }
    }

    public override void GatedGelu(float* gate, float* up, int count)
    {
        for (int i = 0; i < count; i++)
        {
            gate[i] = Gelu(gate[i]) * up[i];
        }
    }

    public override void SoftCap(float* x, float cap, int count)
    {
        for (int i = 0; i < count; i++)
        {
            x[i] = cap * MathF.Tanh(x[i] / cap);
        }
    }

    public override void GeluTanh(float* x, int count)
    {
        for (int i = 0; i < count; i++)
        {
            x[i] = Gelu(x[i]);
        }
    }

    public override void GeluExact(float* x, int count)
    {
        for (int i = 0; i < count; i++)
        {
            x[i] = ErrorFunction.Gelu(x[i]);
        }
    }

    public override (float Max, float Sum) ExpShifted(float* x, int count)
    {
        float max = float.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            max = MathF.Max(max, x[i]);
        }

        float sum = 0;
        for (int i = 0; i < count; i++)
        {
            x[i] = MathF.Exp(x[i] - max);
            sum += x[i];
        }

        return (max, sum);
    }

    public override void Scores(float** queries, int count, float* keys, int headSize, int blocks, float scale, float* scores, int scoreStride)
    {
        for (int i = 0; i < count; i++)
        {
            for (int p = 0; p < blocks * KeyBlock; p++)
            {
                float sum = 0;
                float* key = keys + ((long)(p / KeyBlock) * headSize * KeyBlock) + (p % KeyBlock);
                for (int d = 0; d < headSize; d++)
                {
                    sum += queries[i][d] * key[(long)d * KeyBlock];
                }

                scores[((long)i * scoreStride) + p] = sum * scale;
            }
        }
    }

    public override void WeightedSum(float* weights, int weightStride, int count, float* values, int headSize, int positions, float** outputs)
    {
        for (int i = 0; i < count; i++)
        {
            for (int d = 0; d < headSize; d++)
            {
                float sum = 0;
                for (int p = 0; p < positions; p++)
                {
                    sum += weights[((long)i * weightStride) + p] * values[((long)p * headSize) + d];
                }

                outputs[i][d] = sum;
            }
        }
    }

    private static float BlockProduct(ReadOnlySpan<int> numbers, float first, float second, float minimum, QuantizedRows x, int block)
    {
        int low = 0;
        int high = 0;
        for (int i = 0; i < PackedRows.Block / 2; i++)
        {
            low += numbers[i] * x.Numbers[(block * PackedRows.Block) + i];
            high += numbers[i + 16] * x.Numbers[(block * PackedRows.Block) + i + 16];
        }

        int sum = x.Sums[2 * block] + x.Sums[(2 * block) + 1];
        return x.Scales[block] * ((first * low) + (second * high) - (minimum * sum));
    }

    private static float Weight(TensorType type, byte* weights, long index) => type switch
    {
        TensorType.F32 => ((float*)weights)[index],
        TensorType.F16 => FloatBits.FromHalf(((ushort*)weights)[index]),
        TensorType.BF16 => FloatBits.FromBrainFloat(((ushort*)weights)[index]),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "These weights are not plain numbers."),
    };
}
