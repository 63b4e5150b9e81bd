namespace Snug.Inference;

/// <summary>Bit patterns of floating-point formats.</summary>
internal static class FloatBits
{
    /// <summary>2 to the power of 112: the difference of the exponent biases of single and half precision.</summary>
    public const float HalfBias = 5.192296858534828e33f;

    public static float FromBrainFloat(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    public static float FromHalf(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>Rounds to the nearest, ties to even; a NaN stays one.</summary>
    public static ushort ToBrainFloat(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
