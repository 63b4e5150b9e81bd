using Snug.Inference;

namespace Snug.Pretrained.Tests;

/// <summary>Has the model say what a test wants: all other tokens are forbidden.</summary>
internal sealed class Scripted(params int[] script) : ILogitsProcessor
{
    /// <summary>Options under which exactly these tokens come.</summary>
    public static TextGenerationOptions Saying(params int[] script) => new()
    {
        Generation = new GenerationOptions { Processors = [new Scripted(script)], MaxNewTokens = script.Length },
    };

    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits)
    {
        logits.Fill(float.NegativeInfinity);
        logits[script[tokens.Length - promptLength]] = 0;
    }
}
