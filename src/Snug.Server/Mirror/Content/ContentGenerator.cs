namespace Snug.Server;

/// <summary>Makes the bytes of a generated content.</summary>
/// <param name="offset">The position of the first byte wanted.</param>
/// <param name="buffer">To be filled completely.</param>
public delegate void ContentGenerator(long offset, Span<byte> buffer);
