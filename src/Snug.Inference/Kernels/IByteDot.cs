using System.Runtime.Intrinsics;

namespace Snug.Inference;

/// <summary>
/// Products of bytes, four neighbours at a time: each of the eight 32-bit places of a sum gets the products of its four bytes. The means
/// differ between processors; the results do not.
/// </summary>
internal interface IByteDot
{
    /// <summary>Name for diagnostics.</summary>
    static abstract string Name { get; }

    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>What a sum over a block with signed weights begins with, given the sum of its activations.</summary>
    static abstract Vector256<int> StartSigned(int sum);

    /// <summary>A form of signed weights that <see cref="AddSigned"/> needs; made once for all tokens.</summary>
    static abstract Vector256<byte> Prepare(Vector256<sbyte> weights);

    /// <summary>Adds products of signed weights.</summary>
    static abstract Vector256<int> AddSigned(Vector256<int> sum, Vector256<sbyte> weights, Vector256<byte> prepared, Vector256<sbyte> activations);

    /// <summary>
    /// Adds products of small unsigned weights to a sum in a form of its own, until <see cref="Widen"/>. Weights times steps may not exceed 129.
    /// </summary>
    static abstract Vector256<int> AddSmall(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> activations);

    /// <summary>Brings a sum of small products into its final form.</summary>
    static abstract Vector256<int> Widen(Vector256<int> sum);
}
