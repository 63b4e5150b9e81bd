namespace ChatApi;

/// <summary>An answer in one piece.</summary>
/// <param name="Text">The text.</param>
/// <param name="Model">What answered.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="Tokens">How many tokens it took.</param>
internal sealed record ChatAnswer(string Text, string? Model, string? Finish, long? Tokens);
