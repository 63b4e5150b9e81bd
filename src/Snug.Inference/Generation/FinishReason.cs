namespace Snug.Inference;

/// <summary>Why generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its text.</summary>
    EndToken,

    /// <summary>A token came that the caller wanted to stop at.</summary>
    StopToken,

    /// <summary>As many tokens were generated as the caller allowed.</summary>
    Length,

    /// <summary>The context is full.</summary>
    ContextFull,
}
