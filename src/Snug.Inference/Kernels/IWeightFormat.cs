namespace Snug.Inference;

/// <summary>Weights that are stored as plain numbers, one after the other.</summary>
internal unsafe interface IWeightFormat
{
    /// <summary>Bytes of a number.</summary>
    static abstract int Size { get; }

    static abstract float One(byte* row, int index);

    static abstract TVector Vector<TLanes, TVector>(byte* row, int index)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct;
}
