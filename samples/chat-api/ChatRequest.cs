namespace ChatApi;

/// <summary>What is asked.</summary>
/// <param name="Message">The text.</param>
/// <param name="MaxTokens">The longest answer, in tokens.</param>
/// <param name="Temperature">How free the choice of words is; 0 for always the likeliest.</param>
/// <param name="Stream">Whether the answer comes as plain text while it is made, or as a JSON object at its end.</param>
internal sealed record ChatRequest(string Message, int? MaxTokens = null, float? Temperature = null, bool Stream = true);
