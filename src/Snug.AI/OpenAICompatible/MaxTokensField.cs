namespace Snug.AI;

/// <summary>Under which name a server wants the most tokens of an answer.</summary>
public enum MaxTokensField
{
    /// <summary><c>max_tokens</c>, which nearly every server knows.</summary>
    MaxTokens,

    /// <summary><c>max_completion_tokens</c>, which newer models of OpenAI insist on and older servers pass over.</summary>
    MaxCompletionTokens,

    /// <summary>Both, for a server of unknown age that refuses neither.</summary>
    Both,
}
