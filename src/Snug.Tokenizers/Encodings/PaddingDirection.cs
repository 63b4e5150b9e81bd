namespace Snug.Tokenizers;

/// <summary>The end at which padding is added.</summary>
public enum PaddingDirection
{
    /// <summary>Behind the tokens.</summary>
    Right,

    /// <summary>Before the tokens, as generation wants it.</summary>
    Left,
}
