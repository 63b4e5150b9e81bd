namespace Snug.Inference.Tests;

/// <summary>Every vector kernel against its scalar twin, over random shapes with tails.</summary>
public sealed unsafe class VectorKernelTests
{
    private static readonly ScalarKernels Scalar = new();
    private static readonly Kernels[] Others = [.. KernelSelection.All.Where(kernels => kernels is not ScalarKernels)];

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Matrix_products_agree(TensorType type)
    {
        Random random = new(1);
        for (int round = 0; round < 60; round++)
        {
            int rows = random.Next(1, 90);
            int columns = random.Next(1, 200);
            int tokens = random.Next(1, 12);
            int first = random.Next(rows);
            byte[] stored = RandomWeights(type, rows * columns, random);
            float[] x = RandomNumbers(tokens * (columns + 3), random);
            float[] expected = Multiply(Scalar, stored, x);
            foreach (Kernels kernels in Others)
            {
                Close(expected, Multiply(kernels, stored, x), 1e-5f * columns);
            }

            float[] Multiply(Kernels kernels, byte[] weights, float[] activations)
            {
                float[] y = new float[tokens * (rows + 1)];
                y.AsSpan().Fill(77f);
                fixed (byte* w = weights)
                fixed (float* a = activations, result = y)
                {
                    kernels.MultiplyRows(type, w, columns, first, rows, a, columns + 3, tokens, result, rows + 1);
                }

                return y;
            }
        }
    }

    [Fact]
    public void All_half_precision_numbers_are_widened_exactly()
    {
        ushort[] halves = [.. Enumerable.Range(0, 0x10000).Select(bits => (ushort)bits).Where(bits => (bits & 0x7c00) != 0x7c00)];
        float[] one = [1f];
        foreach (Kernels kernels in Others)
        {
            // Each number is a row of 16 equal ones times (1, 0, 0 …), so that it goes through vectors.
            ushort[] rows = new ushort[halves.Length * 16];
            for (int i = 0; i < halves.Length; i++)
            {
                rows.AsSpan(i * 16, 16).Fill(halves[i]);
            }

            float[] x = new float[16];
            x[0] = one[0];
            float[] y = new float[halves.Length];
            fixed (ushort* w = rows)
            fixed (float* a = x, result = y)
            {
                kernels.MultiplyRows(TensorType.F16, (byte*)w, 16, 0, halves.Length, a, 16, 1, result, halves.Length);
            }

            Assert.Equal(halves.Select(FloatBits.FromHalf), y);
        }
    }

    [Fact]
    public void Elementwise_kernels_agree()
    {
        Random random = new(2);
        for (int count = 1; count < 70; count++)
        {
            float[] x = RandomNumbers(count, random);
            float[] w = RandomNumbers(count, random);
            float[] b = RandomNumbers(count, random);
            foreach (Kernels kernels in Others)
            {
                Same(kernels, x, w, (set, a, c, y) => set.RmsNorm(a, c, 1e-5f, count, y));
                Same(kernels, x, w, (set, a, c, y) =>
                {
                    fixed (float* bias = b)
                    {
                        set.LayerNorm(a, c, bias, 1e-5f, count, y);
                    }
                });
                Same(kernels, x, w, (set, a, c, y) => { Copy(a, y, count); set.Add(y, c, count); });
                Same(kernels, x, w, (set, a, c, y) => { Copy(a, y, count); set.AddScaled(y, c, 0.3f, count); });
                Same(kernels, x, w, (set, a, c, y) => { Copy(a, y, count); set.Scale(y, -1.7f, count); });
                Same(kernels, x, w, (set, a, c, y) => { Copy(a, y, count); set.GatedSilu(y, c, count); });
                Same(kernels, x, w, (set, a, c, y) => { Copy(a, y, count); set.GeluTanh(y, count); });
                Same(kernels, x, w, (set, a, c, y) => { Copy(a, y, count); set.GeluExact(y, count); });
                Same(kernels, x, w, (set, a, c, y) => { Copy(a, y, count); set.GatedGelu(y, c, count); });
                Same(kernels, x, w, (set, a, c, y) => { Copy(a, y, count); set.SoftCap(y, 1.5f, count); });
                Same(kernels, x, w, (set, a, c, y) =>
                {
                    Copy(a, y, count);
                    (float max, float sum) = set.ExpShifted(y, count);
                    Assert.Equal(new ReadOnlySpan<float>(a, count).ToArray().Max(), max);
                    Assert.Equal(new ReadOnlySpan<float>(y, count).ToArray().Sum(), sum, 1e-4f * sum);
                });
            }
        }
    }

    [Fact]
    public void Activations_far_from_zero_do_not_become_something_else_than_numbers()
    {
        foreach (Kernels kernels in KernelSelection.All)
        {
            float[] x = [-1000, -90, 0, 90, 1000, -1000, -90, 0, 90, 1000, -1000, -90, 0, 90, 1000, -500, 500];
            float[] gate = [.. x];
            float[] ones = [.. x.Select(_ => 1f)];
            float[] geluGate = [.. x];
            float[] exact = [.. x];
            float[] capped = [.. x];
            fixed (float* a = x, g = gate, u = ones, h = geluGate, e = exact, s = capped)
            {
                kernels.GeluTanh(a, x.Length);
                kernels.GatedSilu(g, u, x.Length);
                kernels.GatedGelu(h, u, x.Length);
                kernels.GeluExact(e, x.Length);
                kernels.SoftCap(s, 30, x.Length);
            }

            Assert.All(x.Concat(gate).Concat(geluGate).Concat(exact), value => Assert.InRange(value, -1e-3f, 1000f));
            Assert.All(capped, value => Assert.InRange(value, -30f, 30f));
            Assert.Equal([-30f, 30f], [capped[0], capped[4]]);
            Assert.Equal(1000f, x[4]);
            Assert.Equal(1000f, gate[4]);
        }
    }

    [Fact]
    public void The_exact_GELU_is_that_of_the_error_function()
    {
        // Values of x (1 + erf(x / sqrt 2)) / 2, computed with Python's math.erf.
        (float X, float Y)[] known = [(-4f, -1.266850e-4f), (-2.5f, -1.552416e-2f), (-1f, -0.15865525f), (-0.3f, -0.11462664f), (0.7f, 0.53062539f), (1.9f, 1.84543854f), (5f, 4.99999857f)];
        foreach (Kernels kernels in KernelSelection.All)
        {
            float[] x = [.. Enumerable.Repeat(known, 3).SelectMany(pairs => pairs).Select(pair => pair.X)];
            fixed (float* a = x)
            {
                kernels.GeluExact(a, x.Length);
            }

            Assert.All(x.Select((value, i) => (value, known[i % known.Length].Y)), pair => Assert.Equal(pair.Y, pair.value, 1e-6f));
        }
    }

    [Fact]
    public void Attention_products_agree()
    {
        Random random = new(3);
        foreach (int headSize in (int[])[2, 8, 12, 16, 36, 64, 80])
        {
            for (int count = 1; count <= Kernels.QueryTile; count++)
            {
                const int Blocks = 3;
                int positions = (Blocks * Kernels.KeyBlock) - 5;
                float[] q = RandomNumbers(count * headSize, random);
                float[] keys = RandomNumbers(Blocks * Kernels.KeyBlock * headSize, random);
                float[] values = RandomNumbers(positions * headSize, random);
                (float[] Scores, float[] Sums) expected = Run(Scalar);
                foreach (Kernels kernels in Others)
                {
                    (float[] scores, float[] sums) = Run(kernels);
                    Close(expected.Scores, scores, 1e-4f);
                    Close(expected.Sums, sums, 1e-3f);
                }

                (float[] Scores, float[] Sums) Run(Kernels kernels)
                {
                    const int Stride = (Blocks * Kernels.KeyBlock) + 1;
                    float[] scores = new float[count * Stride];
                    scores.AsSpan().Fill(77f);
                    float[] sums = new float[count * (headSize + 1)];
                    sums.AsSpan().Fill(77f);
                    float** heads = stackalloc float*[4];
                    float** outputs = stackalloc float*[4];
                    fixed (float* queries = q, k = keys, v = values, s = scores, o = sums)
                    {
                        for (int i = 0; i < count; i++)
                        {
                            heads[i] = queries + (i * headSize);
                            outputs[i] = o + (i * (headSize + 1));
                        }

                        kernels.Scores(heads, count, k, headSize, Blocks, 0.25f, s, Stride);
                        kernels.WeightedSum(s, Stride, count, v, headSize, positions, outputs);
                    }

                    return (scores, sums);
                }
            }
        }
    }

    [Fact]
    public void The_kernels_are_chosen_by_name_or_by_processor()
    {
        Assert.Equal("scalar", KernelSelection.Choose("scalar").Name);
        Assert.Contains(KernelSelection.Choose(null), KernelSelection.All);
        Assert.Throws<ArgumentException>(() => KernelSelection.Choose("abacus"));
    }

    private static void Same(Kernels kernels, float[] x, float[] w, Elementwise run)
    {
        Close(Apply(Scalar), Apply(kernels), 2e-5f * (1 + x.Length));

        float[] Apply(Kernels set)
        {
            float[] y = new float[x.Length + 1];
            y.AsSpan().Fill(77f);
            fixed (float* a = x, c = w, result = y)
            {
                run(set, a, c, result);
            }

            return y;
        }
    }

    private static void Copy(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    private static float[] RandomNumbers(int count, Random random) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 4)];

    private static byte[] RandomWeights(TensorType type, int count, Random random)
    {
        float[] numbers = RandomNumbers(count, random);
        byte[] stored = new byte[count * TensorTypes.Block(type).Bytes];
        for (int i = 0; i < count; i++)
        {
            if (type == TensorType.F32)
            {
                BitConverter.TryWriteBytes(stored.AsSpan(4 * i), numbers[i]);
            }
            else
            {
                BitConverter.TryWriteBytes(stored.AsSpan(2 * i), type == TensorType.F16 ? BitConverter.HalfToUInt16Bits((Half)numbers[i]) : FloatBits.ToBrainFloat(numbers[i]));
            }
        }

        return stored;
    }

    private static void Close(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= tolerance * (1 + MathF.Abs(expected[i])), $"{i}: {expected[i]} and {actual[i]}");
        }
    }

    private delegate void Elementwise(Kernels kernels, float* x, float* w, float* y);
}
