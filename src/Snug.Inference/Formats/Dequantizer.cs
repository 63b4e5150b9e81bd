using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Snug.Inference;

/// <summary>Decodes stored elements into single precision, element by element: the definition that every faster way is held against.</summary>
internal static class Dequantizer
{
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
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(stored[(2 * i)..]);
                }

                break;
            case TensorType.BF16:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * i)..]) << 16);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Elements of this type cannot be decoded.");
        }
    }
}
