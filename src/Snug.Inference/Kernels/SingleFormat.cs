using System.Runtime.CompilerServices;

namespace Snug.Inference;

/// <summary>Single precision.</summary>
internal readonly unsafe struct SingleFormat : IWeightFormat
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float One(byte* row, int index) => ((float*)row)[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Vector<TLanes, TVector>(byte* row, int index)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct => TLanes.Load((float*)row + index);
}
