namespace Snug.Pretrained;

/// <summary>A piece of generated text: whole characters, and nothing that may turn out to belong to a stop string.</summary>
/// <param name="Text">The text; the last piece may be empty.</param>
public sealed record TextChunk(string Text)
{
    /// <summary>Why the text ended; null but for the last piece.</summary>
    public TextFinish? Finish { get; init; }

    /// <summary>The stop string that was found, where that ended the text.</summary>
    public string? StopString { get; init; }

    /// <summary>What the generation cost; null but for the last piece.</summary>
    public GenerationUsage? Usage { get; init; }
}
