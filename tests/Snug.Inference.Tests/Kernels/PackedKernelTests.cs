namespace Snug.Inference.Tests;

/// <summary>Packed weights: their decoding, and every way to multiply with them, over random blocks and shapes.</summary>
public sealed unsafe class PackedKernelTests
{
    public static TheoryData<TensorType> Types => [TensorType.Q8_0, TensorType.Q4_0, TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K];

    [Theory]
    [MemberData(nameof(Types))]
    public void Packing_changes_no_number(TensorType type)
    {
        const int Rows = 11;
        const int Columns = 512;
        byte[] stored = RandomBlocks(type, Rows, Columns, new Random(1));
        float[] expected = new float[Rows * Columns];
        Dequantizer.Decode(type, stored, expected);
        using NativeBuffer packed = Pack(type, stored, Rows, Columns);

        float[] actual = new float[Columns];
        for (int row = 0; row < Rows; row++)
        {
            PackedRows.Decode(type, packed.Pointer, Columns, row, actual);

            // Scales are multiplied in another order, so the last bit may differ.
            for (int i = 0; i < Columns; i++)
            {
                Assert.Equal(expected[(row * Columns) + i], actual[i], MathF.Abs(expected[(row * Columns) + i]) * 1e-6f + 1e-7f);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_kernel_gives_what_the_scalar_one_gives(TensorType type)
    {
        Random random = new(2);
        ScalarKernels scalar = new();
        foreach ((int rows, int blocks, int tokens) in ((int, int, int)[])[(8, 1, 1), (16, 2, 4), (13, 3, 5), (3, 1, 9), (40, 2, 2)])
        {
            int columns = blocks * (type >= TensorType.Q4_K ? 256 : 32);
            using NativeBuffer packed = Pack(type, RandomBlocks(type, rows, columns, random), rows, columns);
            using Activation x = new(tokens, columns, quantized: true);
            for (int token = 0; token < tokens; token++)
            {
                Fill(new Span<float>(x.Row(token), columns), random);
                x.Quantize(scalar, token, 0, columns);
            }

            float[] expected = Multiply((y, stride) => scalar.MultiplyPacked(type, packed.Pointer, 0, rows, x.Rounded, tokens, y, stride), rows, tokens);
            foreach (Kernels kernels in KernelSelection.All)
            {
                Close(expected, Multiply((y, stride) => kernels.MultiplyPacked(type, packed.Pointer, 0, rows, x.Rounded, tokens, y, stride), rows, tokens));
            }

            Close(expected, Multiply((y, stride) => PackedKernel<PortableByteDot>.Multiply(type, packed.Pointer, 0, rows, x.Rounded, tokens, y, stride), rows, tokens));
            if (Avx2ByteDot.IsSupported)
            {
                Close(expected, Multiply((y, stride) => PackedKernel<Avx2ByteDot>.Multiply(type, packed.Pointer, 0, rows, x.Rounded, tokens, y, stride), rows, tokens));
            }

            if (VnniByteDot.IsSupported)
            {
                Close(expected, Multiply((y, stride) => PackedKernel<VnniByteDot>.Multiply(type, packed.Pointer, 0, rows, x.Rounded, tokens, y, stride), rows, tokens));
            }
        }
    }

    [Fact]
    public void Sums_of_the_most_extreme_bytes_do_not_overflow()
    {
        foreach (TensorType type in (TensorType[])[TensorType.Q8_0, TensorType.Q4_0, TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K])
        {
            foreach (byte fill in (byte[])[0x80, 0xff, 0x7f])
            {
                const int Columns = 256;
                byte[] stored = new byte[8 * Columns / TensorTypes.Block(type).Elements * TensorTypes.Block(type).Bytes];
                stored.AsSpan().Fill(fill);
                SetScales(type, stored, (Half)0.5f);
                using NativeBuffer packed = Pack(type, stored, 8, Columns);

                // One token, and four together.
                foreach (int tokens in (int[])[1, 4])
                {
                    using Activation x = new(tokens, Columns, quantized: true);
                    new Span<float>(x.Row(0), tokens * Columns).Fill(-3f);
                    for (int token = 0; token < tokens; token++)
                    {
                        x.Quantize(new ScalarKernels(), token, 0, Columns);
                    }

                    float[] expected = Multiply((y, stride) => new ScalarKernels().MultiplyPacked(type, packed.Pointer, 0, 8, x.Rounded, tokens, y, stride), 8, tokens);
                    foreach (Kernels kernels in KernelSelection.All)
                    {
                        Close(expected, Multiply((y, stride) => kernels.MultiplyPacked(type, packed.Pointer, 0, 8, x.Rounded, tokens, y, stride), 8, tokens));
                    }

                    Close(expected, Multiply((y, stride) => PackedKernel<PortableByteDot>.Multiply(type, packed.Pointer, 0, 8, x.Rounded, tokens, y, stride), 8, tokens));
                    if (Avx2ByteDot.IsSupported)
                    {
                        Close(expected, Multiply((y, stride) => PackedKernel<Avx2ByteDot>.Multiply(type, packed.Pointer, 0, 8, x.Rounded, tokens, y, stride), 8, tokens));
                    }
                }
            }
        }
    }

    [Fact]
    public void Activations_are_rounded_alike_by_every_kernel()
    {
        Random random = new(3);
        const int Columns = 160;
        using Activation expected = new(1, Columns, quantized: true);
        Fill(new Span<float>(expected.Row(0), Columns), random);
        new Span<float>(expected.Row(0), 32).Clear();
        expected.Quantize(new ScalarKernels(), 0, 0, Columns);
        foreach (Kernels kernels in KernelSelection.All)
        {
            using Activation actual = new(1, Columns, quantized: true);
            new Span<float>(expected.Row(0), Columns).CopyTo(new Span<float>(actual.Row(0), Columns));
            actual.Quantize(kernels, 0, 0, Columns);

            Assert.Equal(new ReadOnlySpan<sbyte>(expected.Rounded.Numbers, Columns), new ReadOnlySpan<sbyte>(actual.Rounded.Numbers, Columns));
            Assert.Equal(new ReadOnlySpan<float>(expected.Rounded.Scales, Columns / 32), new ReadOnlySpan<float>(actual.Rounded.Scales, Columns / 32));
            Assert.Equal(new ReadOnlySpan<int>(expected.Rounded.Sums, Columns / 16), new ReadOnlySpan<int>(actual.Rounded.Sums, Columns / 16));
        }
    }

    [Fact]
    public void Rounding_to_eight_and_four_bits_stays_within_a_step()
    {
        Random random = new(4);
        float[] values = new float[256];
        Fill(values, random);
        foreach ((TensorType type, float steps) in ((TensorType, float)[])[(TensorType.Q8_0, 127), (TensorType.Q4_0, 8)])
        {
            byte[] stored = new byte[8 * TensorTypes.Block(type).Bytes];
            float[] back = new float[values.Length];

            BlockQuantizer.Encode(type, values, stored);
            Dequantizer.Decode(type, stored, back);

            for (int block = 0; block < 8; block++)
            {
                float step = values.Skip(block * 32).Take(32).Max(MathF.Abs) / steps;

                // The number opposite to the extreme has no place in four bits and is off by a whole step; the scale is rounded, too.
                float most = type == TensorType.Q8_0 ? 0.57f : 1.05f;
                Assert.All(Enumerable.Range(block * 32, 32), i => Assert.True(MathF.Abs(values[i] - back[i]) <= most * step));
            }
        }
    }

    private static byte[] RandomBlocks(TensorType type, int rows, int columns, Random random)
    {
        byte[] stored = new byte[rows * columns / TensorTypes.Block(type).Elements * TensorTypes.Block(type).Bytes];
        random.NextBytes(stored);
        SetScales(type, stored, null, random);
        return stored;
    }

    /// <summary>Random bytes as scales would be infinite at times.</summary>
    private static void SetScales(TensorType type, byte[] stored, Half? scale, Random? random = null)
    {
        int bytes = TensorTypes.Block(type).Bytes;
        for (int at = 0; at < stored.Length; at += bytes)
        {
            Write(type == TensorType.Q6_K ? at + 208 : at);
            if (type is TensorType.Q4_K or TensorType.Q5_K)
            {
                Write(at + 2);
            }
        }

        void Write(int place) => BitConverter.TryWriteBytes(stored.AsSpan(place), scale ?? (Half)((random!.NextSingle() - 0.5f) / 16));
    }

    private static NativeBuffer Pack(TensorType type, byte[] stored, int rows, int columns)
    {
        NativeBuffer packed = new(PackedRows.MatrixBytes(type, rows, columns));
        int rowBytes = stored.Length / rows;
        for (int row = 0; row < rows; row += 8)
        {
            int count = Math.Min(8, rows - row);
            PackedRows.Pack(type, stored.AsSpan(row * rowBytes, count * rowBytes), count, columns, packed.Pointer + (row / 8 * PackedRows.GroupBytes(type, columns)));
        }

        return packed;
    }

    private static float[] Multiply(Product product, int rows, int tokens)
    {
        // A canary behind every row shows writes beyond the last.
        int stride = rows + 1;
        using NativeBuffer y = NativeBuffer.OfSingles(stride * tokens);
        new Span<float>(y.Singles, stride * tokens).Fill(12345f);
        product(y.Singles, stride);
        for (int token = 0; token < tokens; token++)
        {
            Assert.Equal(12345f, y.Singles[(token * stride) + rows]);
        }

        return new ReadOnlySpan<float>(y.Singles, stride * tokens).ToArray();
    }

    private static void Fill(Span<float> values, Random random)
    {
        foreach (ref float value in values)
        {
            value = (random.NextSingle() - 0.5f) * 4;
        }
    }

    private static void Close(float[] expected, float[] actual)
    {
        float scale = expected.Where(value => value != 12345f).Max(MathF.Abs) + 1e-6f;
        Assert.All(expected.Zip(actual), pair => Assert.True(MathF.Abs(pair.First - pair.Second) <= 2e-5f * scale, $"{pair.First} and {pair.Second}"));
    }

    private delegate void Product(float* y, int stride);
}
