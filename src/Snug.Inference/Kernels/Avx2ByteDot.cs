using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Snug.Inference;

/// <summary>AVX2: unsigned times signed bytes, saturated to 16 bits, which none of the uses here reaches.</summary>
internal readonly struct Avx2ByteDot : IByteDot
{
    public static string Name => "avx2";

    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> StartSigned(int sum) => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Prepare(Vector256<sbyte> weights) => Avx2.Abs(weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddSigned(Vector256<int> sum, Vector256<sbyte> weights, Vector256<byte> prepared, Vector256<sbyte> activations) =>
        Avx2.Add(sum, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(prepared, Avx2.Sign(activations, weights)), Vector256<short>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddSmall(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> activations) =>
        Avx2.Add(sum.AsInt16(), Avx2.MultiplyAddAdjacent(weights, activations)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(Vector256<int> sum) => Avx2.MultiplyAddAdjacent(sum.AsInt16(), Vector256<short>.One);
}
