using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Snug.Inference;

/// <summary>Shifts, multiplications and additions that every processor's vectors have.</summary>
internal readonly struct PortableByteDot : IByteDot
{
    public static string Name => "portable";

    public static bool IsSupported => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> StartSigned(int sum) => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Prepare(Vector256<sbyte> weights) => weights.AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddSigned(Vector256<int> sum, Vector256<sbyte> weights, Vector256<byte> prepared, Vector256<sbyte> activations)
    {
        Vector256<int> w = weights.AsInt32();
        Vector256<int> x = activations.AsInt32();
        sum += (w << 24 >> 24) * (x << 24 >> 24);
        sum += (w << 16 >> 24) * (x << 16 >> 24);
        sum += (w << 8 >> 24) * (x << 8 >> 24);
        return sum + ((w >> 24) * (x >> 24));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddSmall(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> activations) =>
        AddSigned(sum, weights.AsSByte(), weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(Vector256<int> sum) => sum;
}
