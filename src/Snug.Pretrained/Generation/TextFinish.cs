namespace Snug.Pretrained;

/// <summary>Why a text ended.</summary>
public enum TextFinish
{
    /// <summary>The model ended it.</summary>
    EndToken,

    /// <summary>A stop token of the options came.</summary>
    StopToken,

    /// <summary>A stop string of the options came.</summary>
    StopString,

    /// <summary>The most tokens that were asked for were generated.</summary>
    Length,

    /// <summary>The context is full.</summary>
    ContextFull,
}
