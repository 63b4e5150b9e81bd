namespace Snug.Pretrained;

/// <summary>What a generation cost.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="ReusedTokens">Those of them that the session had read before, and that were not computed again.</param>
/// <param name="GeneratedTokens">Tokens that were generated, an end token included.</param>
/// <param name="PromptTime">From the start until the first token.</param>
/// <param name="DecodeTime">From the first token until the last.</param>
public sealed record GenerationUsage(int PromptTokens, int ReusedTokens, int GeneratedTokens, TimeSpan PromptTime, TimeSpan DecodeTime)
{
    /// <summary>Tokens of the prompt that were computed in a second; null where that cannot be told.</summary>
    public double? PromptTokensPerSecond => Rate(PromptTokens - ReusedTokens, PromptTime);

    /// <summary>Tokens in a second after the first; null where that cannot be told.</summary>
    public double? DecodeTokensPerSecond => Rate(GeneratedTokens - 1, DecodeTime);

    private static double? Rate(int tokens, TimeSpan time) => tokens > 0 && time > TimeSpan.Zero ? tokens / time.TotalSeconds : null;
}
