using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Snug.Inference;

/// <summary>AVX-VNNI: one instruction for unsigned times signed bytes. Signed weights are moved up by 128, and the sum down again.</summary>
internal readonly struct VnniByteDot : IByteDot
{
    public static string Name => "vnni";

    public static bool IsSupported => AvxVnni.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> StartSigned(int sum) => Vector256.Create(-128 * sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Prepare(Vector256<sbyte> weights) => weights.AsByte() ^ Vector256.Create((byte)0x80);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddSigned(Vector256<int> sum, Vector256<sbyte> weights, Vector256<byte> prepared, Vector256<sbyte> activations) =>
        AvxVnni.MultiplyWideningAndAdd(sum, prepared, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddSmall(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> activations) =>
        AvxVnni.MultiplyWideningAndAdd(sum, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(Vector256<int> sum) => sum;
}
