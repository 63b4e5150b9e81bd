using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Snug.Hub;

/// <summary>
/// The checksum that journals keep of a block: CRC-32C (Castagnoli, RFC 3720 appendix B.4) of each quarter, folded by the same
/// code. Four independent chains keep the processor's instruction busy, which has three times the throughput that one chain uses.
/// </summary>
internal static class BlockChecksum
{
    private const int Lanes = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // Precompiled code would call the instruction through a stub.
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        int quarter = data.Length / Lanes & ~(sizeof(ulong) - 1);
        ReadOnlySpan<byte> a = data[..quarter];
        ReadOnlySpan<byte> b = data.Slice(quarter, quarter);
        ReadOnlySpan<byte> c = data.Slice(2 * quarter, quarter);
        ReadOnlySpan<byte> d = data.Slice(3 * quarter, quarter);
        uint crcA = uint.MaxValue;
        uint crcB = uint.MaxValue;
        uint crcC = uint.MaxValue;
        uint crcD = uint.MaxValue;
        for (int i = 0; i < quarter; i += sizeof(ulong))
        {
            crcA = BitOperations.Crc32C(crcA, BinaryPrimitives.ReadUInt64LittleEndian(a[i..]));
            crcB = BitOperations.Crc32C(crcB, BinaryPrimitives.ReadUInt64LittleEndian(b[i..]));
            crcC = BitOperations.Crc32C(crcC, BinaryPrimitives.ReadUInt64LittleEndian(c[i..]));
            crcD = BitOperations.Crc32C(crcD, BinaryPrimitives.ReadUInt64LittleEndian(d[i..]));
        }

        // Folding 32 bits into 32 would not notice exchanged quarters: both are added alike.
        uint folded = BitOperations.Crc32C(uint.MaxValue, ((ulong)crcA << 32) | crcB);
        folded = BitOperations.Crc32C(folded, ((ulong)crcC << 32) | crcD);
        foreach (byte rest in data[(Lanes * quarter)..])
        {
            folded = BitOperations.Crc32C(folded, rest);
        }

        return ~folded;
    }
}
