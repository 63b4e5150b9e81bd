namespace Snug.Inference;

/// <summary>When beam search is content with the hypotheses that it has.</summary>
public enum BeamStopping
{
    /// <summary>When, at its present length, no running beam scores better than the worst hypothesis (transformers: <c>false</c>).</summary>
    Heuristic,

    /// <summary>As soon as there are as many hypotheses as beams (transformers: <c>true</c>).</summary>
    WhenEnough,

    /// <summary>When no running beam could ever score better, however long it gets (transformers: <c>"never"</c>).</summary>
    Exhaustive,
}
