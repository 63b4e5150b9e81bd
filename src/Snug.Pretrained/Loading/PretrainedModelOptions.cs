using Snug.Inference;

namespace Snug.Pretrained;

/// <summary>Where a model comes from, and how it is loaded.</summary>
public sealed record PretrainedModelOptions : PretrainedOptions
{
    /// <summary>Threads, format of the weights, context length.</summary>
    public ModelOptions Model { get; init; } = new();
}
