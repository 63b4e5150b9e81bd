namespace Snug.Inference;

/// <summary>How the elements of a tensor are stored. Block types are named as GGUF names them.</summary>
public enum TensorType
{
    /// <summary>IEEE 754 single precision.</summary>
    F32,

    /// <summary>IEEE 754 half precision.</summary>
    F16,

    /// <summary>The upper half of a single-precision number.</summary>
    BF16,

    /// <summary>32 signed bytes with one half-precision scale.</summary>
    Q8_0,

    /// <summary>32 four-bit numbers around 8 with one half-precision scale.</summary>
    Q4_0,

    /// <summary>256 four-bit numbers in eight sub-blocks, each with a six-bit scale and minimum.</summary>
    Q4_K,

    /// <summary>256 five-bit numbers in eight sub-blocks, each with a six-bit scale and minimum.</summary>
    Q5_K,

    /// <summary>256 six-bit numbers in sixteen sub-blocks, each with an eight-bit scale.</summary>
    Q6_K,

    /// <summary>32 four-bit numbers with scale and minimum. Can be listed, not computed with.</summary>
    Q4_1,

    /// <summary>32 five-bit numbers with a scale. Can be listed, not computed with.</summary>
    Q5_0,

    /// <summary>32 five-bit numbers with scale and minimum. Can be listed, not computed with.</summary>
    Q5_1,

    /// <summary>256 two-bit numbers. Can be listed, not computed with.</summary>
    Q2_K,

    /// <summary>256 three-bit numbers. Can be listed, not computed with.</summary>
    Q3_K,

    /// <summary>IEEE 754 double precision. Can be listed, not computed with.</summary>
    F64,

    /// <summary>Signed bytes. Can be listed, not computed with.</summary>
    I8,

    /// <summary>Signed 16-bit integers. Can be listed, not computed with.</summary>
    I16,

    /// <summary>Signed 32-bit integers. Can be listed, not computed with.</summary>
    I32,

    /// <summary>Signed 64-bit integers. Can be listed, not computed with.</summary>
    I64,

    /// <summary>Bytes. Can be listed, not computed with.</summary>
    U8,

    /// <summary>Unsigned 16-bit integers. Can be listed, not computed with.</summary>
    U16,

    /// <summary>Unsigned 32-bit integers. Can be listed, not computed with.</summary>
    U32,

    /// <summary>Unsigned 64-bit integers. Can be listed, not computed with.</summary>
    U64,

    /// <summary>One byte a truth value. Can be listed, not computed with.</summary>
    Bool,

    /// <summary>Eight-bit floating point, 4 bits of exponent. Can be listed, not computed with.</summary>
    F8_E4M3,

    /// <summary>Eight-bit floating point, 5 bits of exponent. Can be listed, not computed with.</summary>
    F8_E5M2,

    /// <summary>Powers of two in eight bits. Can be listed, not computed with.</summary>
    F8_E8M0,
}
