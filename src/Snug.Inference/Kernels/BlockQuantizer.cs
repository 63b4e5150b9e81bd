using System.Runtime.InteropServices;

namespace Snug.Inference;

/// <summary>Rounds weights to blocks of GGUF's simple types, as upstream's reference does.</summary>
internal static class BlockQuantizer
{
    /// <summary>Rounds whole blocks of 32.</summary>
    /// <param name="type">Q8_0 or Q4_0.</param>
    /// <param name="values">A multiple of 32 numbers.</param>
    /// <param name="stored">Is filled with blocks as they are stored.</param>
    public static void Encode(TensorType type, ReadOnlySpan<float> values, Span<byte> stored)
    {
        int bytes = TensorTypes.Block(type).Bytes;
        for (; !values.IsEmpty; values = values[PackedRows.Block..], stored = stored[bytes..])
        {
            ReadOnlySpan<float> block = values[..PackedRows.Block];
            if (type == TensorType.Q8_0)
            {
                EncodeQ8(block, stored);
            }
            else
            {
                EncodeQ4(block, stored);
            }
        }
    }

    private static void EncodeQ8(ReadOnlySpan<float> block, Span<byte> stored)
    {
        float scale = MathF.Abs(Extreme(block)) / 127f;
        WriteScale(scale, stored);
        float inverse = scale == 0 ? 0 : 1f / scale;
        for (int i = 0; i < block.Length; i++)
        {
            stored[2 + i] = (byte)(sbyte)MathF.Round(block[i] * inverse, MidpointRounding.AwayFromZero);
        }
    }

    private static void EncodeQ4(ReadOnlySpan<float> block, Span<byte> stored)
    {
        // The extreme becomes -8, the one number of four bits that has no opposite.
        float scale = Extreme(block) / -8f;
        WriteScale(scale, stored);
        float inverse = scale == 0 ? 0 : 1f / scale;
        for (int i = 0; i < 16; i++)
        {
            int low = Math.Min(15, (int)((block[i] * inverse) + 8.5f));
            int high = Math.Min(15, (int)((block[16 + i] * inverse) + 8.5f));
            stored[2 + i] = (byte)(low | (high << 4));
        }
    }

    /// <summary>The number that is farthest from zero; what is not a number counts as zero.</summary>
    private static float Extreme(ReadOnlySpan<float> block)
    {
        float extreme = 0;
        foreach (float value in block)
        {
            if (MathF.Abs(value) > MathF.Abs(extreme))
            {
                extreme = value;
            }
        }

        return extreme;
    }

    private static void WriteScale(float scale, Span<byte> stored) => MemoryMarshal.Write(stored, (Half)scale);
}
