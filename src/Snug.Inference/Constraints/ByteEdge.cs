namespace Snug.Inference;

/// <summary>An edge over the bytes of a range.</summary>
internal readonly record struct ByteEdge(byte First, byte Last, int Target);
