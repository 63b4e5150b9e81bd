namespace Snug.Tokenizers;

/// <summary>A token that is found in the text before anything else is done to it.</summary>
/// <param name="Content">The text of the token.</param>
public sealed record AddedToken(string Content)
{
    /// <summary>Whether it is found only where no word character stands beside it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it takes the white space before it along.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Whether it takes the white space behind it along.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Whether it is looked for in the normalized text. For tokens that are not special, this is usual.</summary>
    public bool Normalized { get; init; } = true;

    /// <summary>Whether it can be left out of decoded text.</summary>
    public bool Special { get; init; }

    /// <summary>A special token: found in the text as it is.</summary>
    public static AddedToken SpecialToken(string content) => new(content) { Special = true, Normalized = false };
}
