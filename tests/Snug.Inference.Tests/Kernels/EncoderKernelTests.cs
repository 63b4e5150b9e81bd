namespace Snug.Inference.Tests;

/// <summary>The kernels that only encoders use: products in panels, and GELU by the error function.</summary>
public sealed unsafe class EncoderKernelTests
{
    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Products_of_panels_are_those_of_rows_and_write_nowhere_else(TensorType type)
    {
        Random random = new(3);
        ScalarKernels scalar = new();
        for (int round = 0; round < 40; round++)
        {
            int rows = random.Next(1, 100);
            int columns = round % 4 == 0 ? random.Next(380, 900) : random.Next(1, 60);
            int tokens = round % 5 == 0 ? random.Next(90, 120) : random.Next(1, 20);
            byte[] stored = new byte[rows * columns * TensorTypes.Block(type).Bytes];
            for (int i = 0; i < rows * columns; i++)
            {
                float value = (random.NextSingle() * 2) - 1;
                byte[] bytes = type switch
                {
                    TensorType.F32 => BitConverter.GetBytes(value),
                    TensorType.F16 => BitConverter.GetBytes((Half)value),
                    _ => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)),
                };
                bytes.CopyTo(stored, i * bytes.Length);
            }

            float[] x = [.. Enumerable.Range(0, tokens * (columns + 5)).Select(_ => (random.NextSingle() * 2) - 1)];
            float[] expected = new float[tokens * (rows + 3)];
            NativeBuffer bias = NativeBuffer.OfSingles(rows);
            for (int i = 0; i < rows; i++)
            {
                bias.Singles[i] = random.NextSingle();
            }

            fixed (byte* weights = stored)
            fixed (float* input = x, plain = expected)
            {
                using Matrix matrix = new(type, rows, columns, weights) { Bias = bias };
                scalar.MultiplyRows(type, weights, columns, 0, rows, input, columns + 5, tokens, plain, rows + 3);
                for (int m = 0; m < tokens; m++)
                {
                    for (int row = 0; row < rows + 3; row++)
                    {
                        plain[(m * (rows + 3)) + row] = row < rows ? plain[(m * (rows + 3)) + row] + bias.Singles[row] : 77f;
                    }
                }

                foreach (Kernels kernels in KernelSelection.All)
                {
                    using PanelMatrix panels = new(matrix, kernels.PanelWidth);
                    float[] actual = new float[tokens * (rows + 3)];
                    actual.AsSpan().Fill(77f);
                    int half = panels.Panels / 2;
                    fixed (float* output = actual)
                    {
                        kernels.MultiplyPanels(panels, half, panels.Panels, input, columns + 5, tokens, output, rows + 3);
                        kernels.MultiplyPanels(panels, 0, half, input, columns + 5, tokens, output, rows + 3);
                    }

                    for (int i = 0; i < actual.Length; i++)
                    {
                        Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-6f * columns, $"{kernels.Name}, {rows} x {columns}, {tokens}: {expected[i]} and {actual[i]} at {i}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Gelu_is_that_of_the_error_function()
    {
        float[] x = [.. Enumerable.Range(-80_000, 160_001).Select(i => i / 10_000f), -100f, 100f, 1e30f, -1e30f];
        foreach (Kernels kernels in KernelSelection.All)
        {
            float[] y = [.. x];
            fixed (float* values = y)
            {
                kernels.GeluExact(values, y.Length);
            }

            for (int i = 0; i < x.Length; i++)
            {
                double expected = 0.5 * x[i] * Complement(-x[i] / Math.Sqrt(2));
                Assert.True(Math.Abs(expected - y[i]) <= 4e-7 * Math.Max(1, Math.Abs(x[i])), $"{kernels.Name}: gelu({x[i]}) is {expected}, not {y[i]}.");
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(1, 17)]
    [InlineData(-8, 8)]
    [InlineData(-127, 15)]
    [InlineData(-5000, 15)]
    [InlineData(5000, 31)]
    public void Distances_fall_into_the_classes_of_T5(int distance, int expected) => Assert.Equal(expected, RelativeBias.Bucket(distance, 32));

    /// <summary>1 - erf(z), from the series near zero and the continued fraction far from it.</summary>
    private static double Complement(double z)
    {
        if (z < 0)
        {
            return 2 - Complement(-z);
        }

        if (z > 26)
        {
            return 0;
        }

        if (z < 2.5)
        {
            double term = z;
            double sum = z;
            for (int n = 1; n < 100; n++)
            {
                term *= -z * z / n;
                sum += term / ((2 * n) + 1);
            }

            return 1 - (2 / Math.Sqrt(Math.PI) * sum);
        }

        double fraction = 0;
        for (int n = 60; n >= 1; n--)
        {
            fraction = n / 2.0 / (z + fraction);
        }

        return Math.Exp(-z * z) / (Math.Sqrt(Math.PI) * (z + fraction));
    }
}
