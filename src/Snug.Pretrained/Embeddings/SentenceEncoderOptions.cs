using Snug.Inference;

namespace Snug.Pretrained;

/// <summary>Where a sentence encoder comes from, and how it is loaded.</summary>
public sealed record SentenceEncoderOptions : PretrainedOptions
{
    /// <summary>Threads and format of the weights.</summary>
    public EncoderOptions Encoder { get; init; } = new();
}
