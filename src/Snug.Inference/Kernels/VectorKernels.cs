using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Snug.Inference;

/// <summary>The kernels over vectors of one width, with one way to multiply bytes.</summary>
internal sealed unsafe class VectorKernels<TLanes, TVector, TDot> : Kernels
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
    where TDot : struct, IByteDot
{
    public override string Name => $"vector{TLanes.Count * 32}";

    public override string Detail => $"{Name}+{TDot.Name}";

    public override void MultiplyPacked(TensorType type, byte* weights, int firstRow, int endRow, QuantizedRows x, int tokens, float* y, int yStride) =>
        PackedKernel<TDot>.Multiply(type, weights, firstRow, endRow, x, tokens, y, yStride);

    public override int PanelWidth => 2 * TLanes.Count;

    public override void MultiplyPanels(PanelMatrix weights, int firstPanel, int endPanel, float* x, int xStride, int tokens, float* y, int yStride)
    {
        switch (weights.Type)
        {
            case TensorType.F32:
                PanelKernel<TLanes, TVector, SingleFormat>.Multiply(weights, firstPanel, endPanel, x, xStride, tokens, y, yStride);
                break;
            case TensorType.F16:
                PanelKernel<TLanes, TVector, HalfFormat>.Multiply(weights, firstPanel, endPanel, x, xStride, tokens, y, yStride);
                break;
            default:
                PanelKernel<TLanes, TVector, BrainFloatFormat>.Multiply(weights, firstPanel, endPanel, x, xStride, tokens, y, yStride);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Quantize(float* x, int count, sbyte* numbers, float* scales, int* sums)
    {
        for (int i = 0; i < count; i += PackedRows.Block, scales++, sums += 2)
        {
            Vector256<float> a = Vector256.Load(x + i);
            Vector256<float> b = Vector256.Load(x + i + 8);
            Vector256<float> c = Vector256.Load(x + i + 16);
            Vector256<float> d = Vector256.Load(x + i + 24);
            float max = Lanes256.MaxAcross(Vector256.MaxNative(
                Vector256.MaxNative(Vector256.Abs(a), Vector256.Abs(b)), Vector256.MaxNative(Vector256.Abs(c), Vector256.Abs(d))));
            *scales = max / 127f;
            Vector256<float> inverse = Vector256.Create(max == 0 ? 0 : 127f / max);
            Vector256<int> p = Vector256.ConvertToInt32Native(Vector256.Round(a * inverse));
            Vector256<int> q = Vector256.ConvertToInt32Native(Vector256.Round(b * inverse));
            Vector256<int> r = Vector256.ConvertToInt32Native(Vector256.Round(c * inverse));
            Vector256<int> s = Vector256.ConvertToInt32Native(Vector256.Round(d * inverse));
            Vector256.Narrow(Vector256.Narrow(p, q), Vector256.Narrow(r, s)).Store(numbers + i);
            sums[0] = Vector256.Sum(p + q);
            sums[1] = Vector256.Sum(r + s);
        }
    }

    public override void MultiplyRows(
        TensorType type, byte* weights, int columns, int firstRow, int endRow, float* x, int xStride, int tokens, float* y, int yStride)
    {
        switch (type)
        {
            case TensorType.F32:
                MatrixKernel<TLanes, TVector, SingleFormat>.Multiply(weights, columns, firstRow, endRow, x, xStride, tokens, y, yStride);
                break;
            case TensorType.F16:
                MatrixKernel<TLanes, TVector, HalfFormat>.Multiply(weights, columns, firstRow, endRow, x, xStride, tokens, y, yStride);
                break;
            case TensorType.BF16:
                MatrixKernel<TLanes, TVector, BrainFloatFormat>.Multiply(weights, columns, firstRow, endRow, x, xStride, tokens, y, yStride);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "These weights are not plain numbers.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RmsNorm(float* x, float* weight, float epsilon, int count, float* y)
    {
        TVector squares = TLanes.Zero;
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector v = TLanes.Load(x + i);
            squares = TLanes.MultiplyAdd(v, v, squares);
        }

        float sum = TLanes.Sum(squares);
        for (; i < count; i++)
        {
            sum += x[i] * x[i];
        }

        float factor = 1f / MathF.Sqrt((sum / count) + epsilon);
        TVector factors = TLanes.Broadcast(factor);
        i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Multiply(TLanes.Load(x + i), factors), TLanes.Load(weight + i)), y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i] * factor * weight[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void LayerNorm(float* x, float* weight, float* bias, float epsilon, int count, float* y)
    {
        TVector total = TLanes.Zero;
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            total = TLanes.Add(total, TLanes.Load(x + i));
        }

        float sum = TLanes.Sum(total);
        for (; i < count; i++)
        {
            sum += x[i];
        }

        float mean = sum / count;
        TVector means = TLanes.Broadcast(mean);
        TVector squares = TLanes.Zero;
        i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector v = TLanes.Subtract(TLanes.Load(x + i), means);
            squares = TLanes.MultiplyAdd(v, v, squares);
        }

        float variance = TLanes.Sum(squares);
        for (; i < count; i++)
        {
            variance += (x[i] - mean) * (x[i] - mean);
        }

        float factor = 1f / MathF.Sqrt((variance / count) + epsilon);
        TVector factors = TLanes.Broadcast(factor);
        i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector v = TLanes.Multiply(TLanes.Subtract(TLanes.Load(x + i), means), factors);
            TLanes.Store(TLanes.MultiplyAdd(v, TLanes.Load(weight + i), TLanes.Load(bias + i)), y + i);
        }

        for (; i < count; i++)
        {
            y[i] = ((x[i] - mean) * factor * weight[i]) + bias[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* x, float* y, int count)
    {
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Add(TLanes.Load(x + i), TLanes.Load(y + i)), x + i);
        }

        for (; i < count; i++)
        {
            x[i] += y[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddScaled(float* x, float* y, float factor, int count)
    {
        TVector factors = TLanes.Broadcast(factor);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(y + i), factors, TLanes.Load(x + i)), x + i);
        }

        for (; i < count; i++)
        {
            x[i] += y[i] * factor;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(float* x, float factor, int count)
    {
        TVector factors = TLanes.Broadcast(factor);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(x + i), factors), x + i);
        }

        for (; i < count; i++)
        {
            x[i] *= factor;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void GatedSilu(float* gate, float* up, int count)
    {
        TVector one = TLanes.Broadcast(1f);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector g = TLanes.Load(gate + i);
            TVector sigmoid = TLanes.Divide(g, TLanes.Add(one, TLanes.Exp(TLanes.Subtract(TLanes.Zero, g))));
            TLanes.Store(TLanes.Multiply(sigmoid, TLanes.Load(up + i)), gate + i);
        }

        for (; i < count; i++)
        {
            gate[i] = gate[i] / (1f + MathF.Exp(-gate[i])) * up[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void GeluTanh(float* x, int count)
    {
        // 0.5 (1 + tanh z) is 1 / (1 + exp(-2 z)), with z = sqrt(2 / pi) (x + 0.044715 x³).
        TVector one = TLanes.Broadcast(1f);
        TVector linear = TLanes.Broadcast(-2f * ScalarKernels.GeluFactor);
        TVector cubic = TLanes.Broadcast(-2f * ScalarKernels.GeluFactor * ScalarKernels.GeluCubic);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector v = TLanes.Load(x + i);
            TVector exponent = TLanes.Multiply(v, TLanes.MultiplyAdd(cubic, TLanes.Multiply(v, v), linear));
            TLanes.Store(TLanes.Divide(v, TLanes.Add(one, TLanes.Exp(exponent))), x + i);
        }

        for (; i < count; i++)
        {
            x[i] = ScalarKernels.Gelu(x[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void GatedGelu(float* gate, float* up, int count)
    {
        TVector one = TLanes.Broadcast(1f);
        TVector linear = TLanes.Broadcast(-2f * ScalarKernels.GeluFactor);
        TVector cubic = TLanes.Broadcast(-2f * ScalarKernels.GeluFactor * ScalarKernels.GeluCubic);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector v = TLanes.Load(gate + i);
            TVector exponent = TLanes.Multiply(v, TLanes.MultiplyAdd(cubic, TLanes.Multiply(v, v), linear));
            TVector gelu = TLanes.Divide(v, TLanes.Add(one, TLanes.Exp(exponent)));
            TLanes.Store(TLanes.Multiply(gelu, TLanes.Load(up + i)), gate + i);
        }

        for (; i < count; i++)
        {
            gate[i] = ScalarKernels.Gelu(gate[i]) * up[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void GeluExact(float* x, int count)
    {
        TVector half = TLanes.Broadcast(0.5f);
        TVector one = TLanes.Broadcast(1f);
        TVector most = TLanes.Broadcast(ErrorFunction.Limit);
        TVector least = TLanes.Broadcast(-ErrorFunction.Limit);
        TVector scale = TLanes.Broadcast(ErrorFunction.InverseRootOfTwo);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector v = TLanes.Load(x + i);
            TVector z = TLanes.Min(TLanes.Max(TLanes.Multiply(v, scale), least), most);
            TVector t = TLanes.Multiply(z, z);
            TVector p = TLanes.Broadcast(ErrorFunction.P5);
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(ErrorFunction.P4));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(ErrorFunction.P3));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(ErrorFunction.P2));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(ErrorFunction.P1));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(ErrorFunction.P0));
            TVector q = TLanes.Broadcast(ErrorFunction.Q5);
            q = TLanes.MultiplyAdd(q, t, TLanes.Broadcast(ErrorFunction.Q4));
            q = TLanes.MultiplyAdd(q, t, TLanes.Broadcast(ErrorFunction.Q3));
            q = TLanes.MultiplyAdd(q, t, TLanes.Broadcast(ErrorFunction.Q2));
            q = TLanes.MultiplyAdd(q, t, TLanes.Broadcast(ErrorFunction.Q1));
            q = TLanes.MultiplyAdd(q, t, one);
            TVector erf = TLanes.Divide(TLanes.Multiply(z, p), q);
            TLanes.Store(TLanes.Multiply(TLanes.Multiply(v, half), TLanes.Add(one, erf)), x + i);
        }

        for (; i < count; i++)
        {
            x[i] = ErrorFunction.Gelu(x[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SoftCap(float* x, float cap, int count)
    {
        // tanh z is 1 - 2 / (1 + exp(2 z)).
        TVector one = TLanes.Broadcast(1f);
        TVector twice = TLanes.Broadcast(2f / cap);
        TVector caps = TLanes.Broadcast(cap);
        TVector minusTwo = TLanes.Broadcast(-2f * cap);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector e = TLanes.Exp(TLanes.Multiply(TLanes.Load(x + i), twice));
            TLanes.Store(TLanes.MultiplyAdd(minusTwo, TLanes.Divide(one, TLanes.Add(one, e)), caps), x + i);
        }

        for (; i < count; i++)
        {
            x[i] = cap * MathF.Tanh(x[i] / cap);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override (float Max, float Sum) ExpShifted(float* x, int count)
    {
        TVector highest = TLanes.Broadcast(float.NegativeInfinity);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            highest = TLanes.Max(highest, TLanes.Load(x + i));
        }

        float max = TLanes.MaxAcross(highest);
        for (; i < count; i++)
        {
            max = MathF.Max(max, x[i]);
        }

        TVector shift = TLanes.Broadcast(max);
        TVector total = TLanes.Zero;
        i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector e = TLanes.Exp(TLanes.Subtract(TLanes.Load(x + i), shift));
            TLanes.Store(e, x + i);
            total = TLanes.Add(total, e);
        }

        float sum = TLanes.Sum(total);
        for (; i < count; i++)
        {
            x[i] = MathF.Exp(x[i] - max);
            sum += x[i];
        }

        return (max, sum);
    }

    public override void Scores(float** queries, int count, float* keys, int headSize, int blocks, float scale, float* scores, int scoreStride) =>
        AttentionKernel<TLanes, TVector>.Scores(queries, count, keys, headSize, blocks, scale, scores, scoreStride);

    public override void WeightedSum(float* weights, int weightStride, int count, float* values, int headSize, int positions, float** outputs) =>
        AttentionKernel<TLanes, TVector>.WeightedSum(weights, weightStride, count, values, headSize, positions, outputs);
}
