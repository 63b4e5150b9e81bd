using System.Runtime.CompilerServices;

namespace Snug.Inference;

/// <summary>Half precision.</summary>
internal readonly unsafe struct HalfFormat : IWeightFormat
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float One(byte* row, int index) => FloatBits.FromHalf(((ushort*)row)[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Vector<TLanes, TVector>(byte* row, int index)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct => TLanes.LoadHalf((ushort*)row + index);
}
