namespace Snug.Hub;

/// <summary>A token that was found.</summary>
/// <param name="Source">
/// Where: <c>option</c>, a variable's name, a variable's name with <c>in .env</c>, the path of the token file, or the keychain's name.
/// </param>
/// <param name="Token">The token, which prints masked.</param>
public sealed record TokenCandidate(string Source, AccessToken Token);
