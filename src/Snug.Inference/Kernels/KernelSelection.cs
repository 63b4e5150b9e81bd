using System.Runtime.Intrinsics;

namespace Snug.Inference;

/// <summary>Chooses the kernels for this processor.</summary>
internal static class KernelSelection
{
    /// <summary>Environment variable that forces a set: <c>scalar</c>, <c>vector128</c>, <c>vector256</c> or <c>vector512</c>.</summary>
    public const string Variable = "SNUG_KERNELS";

    /// <summary>Every set, narrowest first. All of them run anywhere; a set wider than the processor's vectors is only slower.</summary>
    public static IReadOnlyList<Kernels> All { get; } =
    [
        new ScalarKernels(),
        new VectorKernels<Lanes128, Vector128<float>, PortableByteDot>(),
        Create<Lanes256, Vector256<float>>(),
        Create<Lanes512, Vector512<float>>(),
    ];

    /// <summary>The set that the variable names, else the widest that the processor has.</summary>
    /// <exception cref="ArgumentException">The variable names none.</exception>
    public static Kernels Choose(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            name = Vector512.IsHardwareAccelerated ? "vector512"
                : Vector256.IsHardwareAccelerated ? "vector256"
                : Vector128.IsHardwareAccelerated ? "vector128"
                : "scalar";
        }

        return All.FirstOrDefault(kernels => kernels.Name == name)
            ?? throw new ArgumentException($"{Variable} is '{name}'; it may be one of {string.Join(", ", All.Select(kernels => kernels.Name))}.", nameof(name));
    }

    private static Kernels Create<TLanes, TVector>()
        where TLanes : struct, ILanes<TVector>
        where TVector : struct =>
        VnniByteDot.IsSupported ? new VectorKernels<TLanes, TVector, VnniByteDot>()
        : Avx2ByteDot.IsSupported ? new VectorKernels<TLanes, TVector, Avx2ByteDot>()
        : new VectorKernels<TLanes, TVector, PortableByteDot>();
}
