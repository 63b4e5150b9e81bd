namespace Snug.Inference;

/// <summary>
/// A vector width, so that a kernel is written once and compiled for each: <typeparamref name="TVector"/> is the machine's own vector type
/// and everything here becomes one or a few instructions.
/// </summary>
/// <typeparam name="TVector">Vector of single-precision numbers.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Rows that the matrix product takes together; as many as the registers of this width allow.</summary>
    static abstract int TileRows { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* source);

    static abstract TVector LoadHalf(ushort* source);

    static abstract TVector LoadBrainFloat(ushort* source);

    static abstract void Store(TVector value, float* destination);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    static abstract TVector Max(TVector left, TVector right);

    static abstract TVector Min(TVector left, TVector right);

    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    static abstract TVector Exp(TVector value);

    static abstract float Sum(TVector value);

    static abstract float MaxAcross(TVector value);
}
