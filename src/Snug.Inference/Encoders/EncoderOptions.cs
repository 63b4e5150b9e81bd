namespace Snug.Inference;

/// <summary>How an encoder is loaded.</summary>
public sealed record EncoderOptions
{
    /// <summary>Threads that compute; null for the cores that this process may use.</summary>
    public int? Threads { get; init; }

    /// <summary>What weights become when they are loaded.</summary>
    public WeightFormat Format { get; init; }

    /// <summary>
    /// Tokens that one thread computes together, from 1 to 65,536: sequences of similar length are laid one behind the other up to that many.
    /// A longer sequence is a batch of its own.
    /// </summary>
    public int BatchTokens { get; init; } = 384;

    /// <summary>Keys of <c>config.json</c> that are not known to Snug and that you know not to change the mathematics.</summary>
    public IReadOnlySet<string> IgnoredConfigurationKeys { get; init; } = new HashSet<string>();
}
