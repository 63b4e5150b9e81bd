namespace Snug.Inference;

/// <summary>How a model is loaded.</summary>
public sealed record ModelOptions
{
    /// <summary>Threads that compute; null for the cores that this process may use.</summary>
    public int? Threads { get; init; }

    /// <summary>What weights become when they are loaded.</summary>
    public WeightFormat Format { get; init; }

    /// <summary>
    /// Whether weights are copied into memory rather than used where the file is mapped. The model then does not depend on its file once it
    /// is loaded; a mapped file that another process cuts in the middle of a pass ends this process. Costs time to load, and memory that
    /// the operating system cannot take back.
    /// </summary>
    public bool CopyWeights { get; init; }

    /// <summary>Most positions of a session; null for what the model was made for.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Tokens of a prompt that are computed together; more is faster and takes more memory.</summary>
    public int ChunkLength { get; init; } = 256;

    /// <summary>Keys of <c>config.json</c> that are not known to Snug and that you know not to change the mathematics.</summary>
    public IReadOnlySet<string> IgnoredConfigurationKeys { get; init; } = new HashSet<string>();
}
