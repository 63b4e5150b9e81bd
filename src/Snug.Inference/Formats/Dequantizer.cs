using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Snug.Inference;

/// <summary>
/// Decodes stored elements into single precision, element by element: the definition that every faster way is held against. Blocks are laid
/// out as ggml defines them.
/// </summary>
internal static class Dequantizer
{
    /// <summary>Decodes whole blocks.</summary>
    public static void Decode(TensorType type, ReadOnlySpan<byte> stored, Span<float> values)
    {
        switch (type)
        {
            case TensorType.F32:
                MemoryMarshal.Cast<byte, float>(stored)[..values.Length].CopyTo(values);
                break;
            case TensorType.F16:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = Half(stored[(2 * i)..]);
                }

                break;
            case TensorType.BF16:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = FloatBits.FromBrainFloat(BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * i)..]));
                }

                break;
            default:
                DecodeBlocks(type, stored, values);
                break;
        }
    }

    /// <summary>Scale and minimum of one of the eight sub-blocks of Q4_K and Q5_K, whose twelve bytes hold sixteen six-bit numbers.</summary>
    public static (int Scale, int Minimum) SubBlock(ReadOnlySpan<byte> packed, int index) => index < 4
        ? (packed[index] & 63, packed[index + 4] & 63)
        : ((packed[index + 4] & 15) | (packed[index - 4] >> 6 << 4), (packed[index + 4] >> 4) | (packed[index] >> 6 << 4));

    /// <summary>The 256 five-bit numbers of a Q5_K block.</summary>
    public static int FiveBits(ReadOnlySpan<byte> block, int index)
    {
        (int group, int within) = Math.DivRem(index, 64);
        int low = block[48 + (group * 32) + (within % 32)] >> (within / 32 * 4) & 15;
        int high = block[16 + (within % 32)] >> ((group * 2) + (within / 32)) & 1;
        return low | (high << 4);
    }

    /// <summary>The 256 six-bit numbers of a Q6_K block.</summary>
    public static int SixBits(ReadOnlySpan<byte> block, int index)
    {
        (int half, int within) = Math.DivRem(index, 128);
        (int quarter, int column) = Math.DivRem(within, 32);
        int low = block[(half * 64) + (quarter % 2 * 32) + column] >> (quarter / 2 * 4) & 15;
        int high = block[128 + (half * 32) + column] >> (quarter * 2) & 3;
        return low | (high << 4);
    }

    private static void DecodeBlocks(TensorType type, ReadOnlySpan<byte> stored, Span<float> values)
    {
        (int elements, int bytes) = TensorTypes.Block(type);
        for (; !values.IsEmpty; values = values[elements..], stored = stored[bytes..])
        {
            Span<float> block = values[..elements];
            switch (type)
            {
                case TensorType.Q8_0:
                    DecodeQ8(stored, block);
                    break;
                case TensorType.Q4_0:
                    DecodeQ4(stored, block);
                    break;
                case TensorType.Q4_K:
                    DecodeQ4K(stored, block);
                    break;
                case TensorType.Q5_K:
                    DecodeQ5K(stored, block);
                    break;
                case TensorType.Q6_K:
                    DecodeQ6K(stored, block);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(type), type, "Elements of this type cannot be decoded.");
            }
        }
    }

    private static void DecodeQ8(ReadOnlySpan<byte> stored, Span<float> block)
    {
        float scale = Half(stored);
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = scale * (sbyte)stored[2 + i];
        }
    }

    private static void DecodeQ4(ReadOnlySpan<byte> stored, Span<float> block)
    {
        float scale = Half(stored);
        for (int i = 0; i < block.Length / 2; i++)
        {
            block[i] = scale * ((stored[2 + i] & 15) - 8);
            block[i + (block.Length / 2)] = scale * ((stored[2 + i] >> 4) - 8);
        }
    }

    private static void DecodeQ4K(ReadOnlySpan<byte> stored, Span<float> block)
    {
        (float scale, float minimum) = (Half(stored), Half(stored[2..]));
        for (int i = 0; i < block.Length; i++)
        {
            (int subScale, int subMinimum) = SubBlock(stored[4..16], i / 32);
            int number = stored[16 + (i / 64 * 32) + (i % 32)] >> (i / 32 % 2 * 4) & 15;
            block[i] = (scale * subScale * number) - (minimum * subMinimum);
        }
    }

    private static void DecodeQ5K(ReadOnlySpan<byte> stored, Span<float> block)
    {
        (float scale, float minimum) = (Half(stored), Half(stored[2..]));
        for (int i = 0; i < block.Length; i++)
        {
            (int subScale, int subMinimum) = SubBlock(stored[4..16], i / 32);
            block[i] = (scale * subScale * FiveBits(stored, i)) - (minimum * subMinimum);
        }
    }

    private static void DecodeQ6K(ReadOnlySpan<byte> stored, Span<float> block)
    {
        float scale = Half(stored[208..]);
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = scale * (sbyte)stored[192 + (i / 16)] * (SixBits(stored, i) - 32);
        }
    }

    private static float Half(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);
}
