namespace Snug.Inference;

/// <summary>Changes the logits before a token is chosen: forbids tokens, favours others.</summary>
public interface ILogitsProcessor
{
    /// <summary>Changes the logits in place. Negative infinity forbids a token.</summary>
    /// <param name="tokens">The whole sequence so far.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    /// <param name="logits">One for each token of the vocabulary.</param>
    void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits);
}
