namespace Snug.Pretrained;

/// <summary>A prompt does not fit into the context of the model.</summary>
public sealed class PromptTooLongException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="promptTokens">Tokens of the prompt.</param>
    /// <param name="contextLength">Tokens that the model can take.</param>
    public PromptTooLongException(int promptTokens, int contextLength)
        : base($"The prompt has {promptTokens} tokens, and the model's context takes {contextLength}.") =>
        (PromptTokens, ContextLength) = (promptTokens, contextLength);

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>Tokens that the model can take.</summary>
    public int ContextLength { get; }
}
