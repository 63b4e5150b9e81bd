namespace Snug.Tokenizers;

/// <summary>The end at which truncation cuts.</summary>
public enum TruncationDirection
{
    /// <summary>The end of the text goes.</summary>
    Right,

    /// <summary>The start of the text goes.</summary>
    Left,
}
