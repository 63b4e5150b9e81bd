using System.Runtime.CompilerServices;

namespace Snug.Inference;

/// <summary>The upper half of single precision.</summary>
internal readonly unsafe struct BrainFloatFormat : IWeightFormat
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float One(byte* row, int index) => FloatBits.FromBrainFloat(((ushort*)row)[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Vector<TLanes, TVector>(byte* row, int index)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct => TLanes.LoadBrainFloat((ushort*)row + index);
}
