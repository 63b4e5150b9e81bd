namespace Snug.Hub;

/// <summary>
/// A place of the operating system for secrets. It holds one token, under the name <c>huggingface_token</c>. Programs with a vault of
/// their own derive from it and set <see cref="HubClientOptions.Keychain"/>.
/// </summary>
public abstract class Keychain
{
    /// <summary>The name under which the token is kept.</summary>
    public const string ItemName = "huggingface_token";

    private readonly Lock _lock = new();
    private string? _stamp;
    private AccessToken? _known;

    /// <summary>The keychain of this system: Windows Credential Manager, macOS Keychain, or the Secret Service elsewhere.</summary>
    public static Keychain System { get; } =
        OperatingSystem.IsWindows() ? new WindowsCredentialManager(ItemName)
        : OperatingSystem.IsMacOS() ? new MacKeychain(ItemName)
        : new SecretService(ItemName);

    /// <summary>What it is called.</summary>
    public abstract string Name { get; }

    /// <summary>Why it cannot be used here, with what to do about it, or <see langword="null"/>.</summary>
    public abstract string? FindProblem();

    /// <summary>Reads the token.</summary>
    /// <returns>The token, or <see langword="null"/> when it holds none.</returns>
    /// <exception cref="HubException">It is locked, missing or broken (<see cref="HubErrorKind.TokenStorage"/>).</exception>
    public AccessToken? Read() => AccessToken.TryParse(ReadSecret(), out AccessToken? token) ? token : null;

    /// <summary>Puts a token there, in place of the one that is there.</summary>
    /// <exception cref="HubException">It is locked, missing or broken (<see cref="HubErrorKind.TokenStorage"/>).</exception>
    public void Write(AccessToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        Forget();
        WriteSecret(token.Reveal());
    }

    /// <summary>Removes the token.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="HubException">It is locked, missing or broken (<see cref="HubErrorKind.TokenStorage"/>).</exception>
    public bool Delete()
    {
        Forget();
        return DeleteSecret();
    }

    /// <summary>The text of the secret, or <see langword="null"/>.</summary>
    protected abstract string? ReadSecret();

    /// <summary>Keeps the text of the secret. It must not become an argument of a process.</summary>
    protected abstract void WriteSecret(string secret);

    /// <summary>Removes the secret.</summary>
    /// <returns>Whether there was one.</returns>
    protected abstract bool DeleteSecret();

    /// <summary>Reads the token once for each stamp: every call of a client resolves its token, and asking may cost a process.</summary>
    internal AccessToken? Read(string? stamp)
    {
        lock (_lock)
        {
            if (stamp is null || stamp != _stamp)
            {
                _known = Read();
                _stamp = stamp;
            }

            return _known;
        }
    }

    private protected HubException Failed(string what, Exception? inner = null) =>
        new(HubErrorKind.TokenStorage, $"The {Name} {what}.", inner)
        {
            Advice = ["Store the token in a file that only you can read instead: snug login --store file", "Or set HF_TOKEN."],
        };

    private void Forget()
    {
        lock (_lock)
        {
            _stamp = null;
            _known = null;
        }
    }
}
