namespace Snug.Hub;

/// <summary>A token that was found.</summary>
/// <param name="Kind">What kind of place it was found in.</param>
/// <param name="Source">
/// The place: <c>option</c>, a variable's name, a variable's name with <c>in .env</c>, the path of the token file, or <c>keychain</c> with
/// the keychain's name.
/// </param>
/// <param name="Token">The token, which prints masked.</param>
public sealed record TokenCandidate(TokenSourceKind Kind, string Source, AccessToken Token);
