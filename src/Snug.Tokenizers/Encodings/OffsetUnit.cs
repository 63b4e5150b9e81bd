namespace Snug.Tokenizers;

/// <summary>What offsets count.</summary>
public enum OffsetUnit
{
    /// <summary>UTF-16 code units: indexes into .NET strings.</summary>
    Utf16,

    /// <summary>Unicode code points: indexes into Python strings.</summary>
    CodePoint,

    /// <summary>Bytes of UTF-8.</summary>
    Byte,
}
