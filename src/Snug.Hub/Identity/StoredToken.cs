namespace Snug.Hub;

/// <summary>A token that a login left on this machine.</summary>
/// <param name="Name">The name its owner knows it by; <see langword="null"/> for a token file that no name belongs to.</param>
/// <param name="Token">The token, which prints masked; <see langword="null"/> when the keychain does not give it away now.</param>
/// <param name="IsActive">Whether it is used where no option and no variable says otherwise.</param>
/// <param name="IsInKeychain">Whether it is kept in the system's keychain rather than in a file.</param>
/// <param name="ExpiresAt">When it stops working, as far as the login knew.</param>
public sealed record StoredToken(string? Name, AccessToken? Token, bool IsActive, bool IsInKeychain, DateTimeOffset? ExpiresAt);
