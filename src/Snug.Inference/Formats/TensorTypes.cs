namespace Snug.Inference;

/// <summary>Sizes of the tensor types.</summary>
internal static class TensorTypes
{
    /// <summary>Elements that are stored together, and the bytes they take.</summary>
    public static (int Elements, int Bytes) Block(TensorType type) => type switch
    {
        TensorType.F32 or TensorType.I32 or TensorType.U32 => (1, 4),
        TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => (1, 2),
        TensorType.F64 or TensorType.I64 or TensorType.U64 => (1, 8),
        TensorType.Q8_0 => (32, 34),
        TensorType.Q4_0 => (32, 18),
        TensorType.Q4_1 => (32, 20),
        TensorType.Q5_0 => (32, 22),
        TensorType.Q5_1 => (32, 24),
        TensorType.Q2_K => (256, 84),
        TensorType.Q3_K => (256, 110),
        TensorType.Q4_K => (256, 144),
        TensorType.Q5_K => (256, 176),
        TensorType.Q6_K => (256, 210),
        _ => (1, 1),
    };

    /// <summary>Whether kernels exist for the type.</summary>
    public static bool IsComputable(TensorType type) => type <= TensorType.Q6_K;

    /// <summary>
    /// Bytes of a tensor whose innermost dimension is <paramref name="columns"/>; null when it does not divide into blocks or the size
    /// exceeds what a file can have. Never overflows: the arithmetic is done in 128 bits.
    /// </summary>
    public static long? ByteLength(TensorType type, long columns, UInt128 elements)
    {
        (int perBlock, int bytes) = Block(type);
        if (columns % perBlock != 0 || elements > long.MaxValue)
        {
            return null;
        }

        UInt128 length = elements / (uint)perBlock * (uint)bytes;
        return length > long.MaxValue ? null : (long)length;
    }
}
