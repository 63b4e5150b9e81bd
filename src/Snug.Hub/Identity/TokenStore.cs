using System.Globalization;

namespace Snug.Hub;

/// <summary>
/// The tokens that logins left on this machine: the files <c>token</c> (the active one) and <c>stored_tokens</c> (all, by name), exactly as
/// the Python client writes them, and the system's keychain. What one client stores, the others find.
/// </summary>
public sealed class TokenStore
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(50);

    private readonly Keychain _keychain;
    private readonly KeychainNote _note;
    private readonly TimeProvider _time;

    /// <summary>Opens a store; nothing is created.</summary>
    /// <param name="settings">Says where the token file is; the store lies beside it. Resolved from the environment when missing.</param>
    /// <param name="keychain">The keychain to use; the system's when missing.</param>
    /// <param name="timeProvider">The clock for waiting on other processes.</param>
    public TokenStore(HubSettings? settings = null, Keychain? keychain = null, TimeProvider? timeProvider = null)
    {
        TokenPath = (settings ?? HubSettings.Resolve(new HubClientOptions { UseImplicitToken = false })).TokenPath;
        StoredTokensPath = Path.Join(Path.GetDirectoryName(TokenPath), "stored_tokens");
        _note = new KeychainNote(TokenPath);
        _keychain = keychain ?? Keychain.System;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>The file with the active token.</summary>
    public string TokenPath { get; }

    /// <summary>The file with all tokens by name.</summary>
    public string StoredTokensPath { get; }

    /// <summary>Lists the stored tokens.</summary>
    /// <exception cref="HubException"><c>stored_tokens</c> cannot be read or understood (<see cref="HubErrorKind.TokenStorage"/>).</exception>
    public IReadOnlyList<StoredToken> List()
    {
        AccessToken? active = TokenFile.TryRead(TokenPath);
        List<StoredToken> tokens = [];
        foreach ((string name, Dictionary<string, string> values) in ReadSections().OrderBy(s => s.Key, CodePointComparer.Instance))
        {
            AccessToken? token = TokenOf(values);
            tokens.Add(new StoredToken(name, token, token is not null && token == active, IsInKeychain: false, ExpiryOf(values)));
        }

        if (active is not null && tokens.TrueForAll(t => !t.IsActive))
        {
            tokens.Insert(0, new StoredToken(null, active, IsActive: true, IsInKeychain: false, null));
        }

        if (_note.ReadName() is { } noted)
        {
            tokens.Add(new StoredToken(noted, TryReadKeychain(), active is null, IsInKeychain: true, null));
        }

        return tokens;
    }

    /// <summary>Stores a token in the files and makes it the active one. A token of the same name is replaced.</summary>
    /// <param name="name">The name to know it by.</param>
    /// <param name="token">The token. Whether it works is the caller's to ask, with <see cref="HubClient.WhoAmIAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the waiting for other processes.</param>
    /// <exception cref="HubException">
    /// The name cannot be stored (<see cref="HubErrorKind.InvalidRequest"/>); the files cannot be written, or hold something that must not
    /// be overwritten (<see cref="HubErrorKind.TokenStorage"/>).
    /// </exception>
    public async Task SaveAsync(string name, AccessToken token, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(token);
        name = Validate(name);
        using FileLock held = await LockAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, Dictionary<string, string>> sections = ReadSections();
        sections[name] = Section(token);
        WriteSections(sections);
        SecretFile.Write(TokenPath, token.Reveal());
    }

    /// <summary>
    /// Stores a token in the keychain and makes it the active one: the token file is removed, for it would win; its token stays in
    /// <c>stored_tokens</c>.
    /// </summary>
    /// <param name="name">The name to know it by.</param>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Cancels the waiting for other processes.</param>
    /// <exception cref="HubException">As for <see cref="SaveAsync"/>, or the keychain refuses.</exception>
    public async Task SaveToKeychainAsync(string name, AccessToken token, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(token);
        name = Validate(name);
        using FileLock held = await LockAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, Dictionary<string, string>> sections = ReadSections();
        _keychain.Write(token);
        _note.Write(name);
        RemoveTokenFile(sections);
    }

    /// <summary>Makes a stored token the active one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the waiting for other processes.</param>
    /// <exception cref="HubException">There is none of this name (<see cref="HubErrorKind.InvalidRequest"/>), or the files cannot be written.</exception>
    public async Task SwitchAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        using FileLock held = await LockAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, Dictionary<string, string>> sections = ReadSections();
        if (sections.TryGetValue(name, out Dictionary<string, string>? values))
        {
            AccessToken token = TokenOf(values)
                ?? throw new HubException(HubErrorKind.TokenStorage, $"'{StoredTokensPath}' holds no token under the name '{name}'.")
                {
                    Advice = ["Run 'snug login' to store one."],
                };
            SecretFile.Write(TokenPath, token.Reveal());
        }
        else if (_note.ReadName() == name)
        {
            RemoveTokenFile(sections);
        }
        else
        {
            throw Unknown(name, sections);
        }
    }

    /// <summary>Removes a stored token. If it is the active one, none is active afterwards.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the waiting for other processes.</param>
    /// <returns>Whether it was the active one.</returns>
    /// <exception cref="HubException">There is none of this name (<see cref="HubErrorKind.InvalidRequest"/>), or the files cannot be written.</exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        using FileLock held = await LockAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, Dictionary<string, string>> sections = ReadSections();
        bool isInFile = sections.Remove(name, out Dictionary<string, string>? values);
        bool isInKeychain = _note.ReadName() == name;
        if (!isInFile && !isInKeychain)
        {
            throw Unknown(name, sections);
        }

        AccessToken? active = TokenFile.TryRead(TokenPath);
        bool wasActive = isInKeychain && active is null;
        if (isInFile)
        {
            WriteSections(sections);
            if (active is not null && TokenOf(values!) == active)
            {
                SecretFile.Delete(TokenPath);
                wasActive = true;
            }
        }

        if (isInKeychain)
        {
            _keychain.Delete();
            _note.Delete();
        }

        return wasActive;
    }

    /// <summary>Removes all stored tokens, the keychain's too, even from files that are damaged.</summary>
    /// <param name="cancellationToken">Cancels the waiting for other processes.</param>
    /// <returns>Whether there was anything to remove.</returns>
    /// <exception cref="HubException">Something cannot be removed (<see cref="HubErrorKind.TokenStorage"/>).</exception>
    public async Task<bool> RemoveAllAsync(CancellationToken cancellationToken = default)
    {
        if (!File.Exists(TokenPath) && !File.Exists(StoredTokensPath) && !_note.Exists)
        {
            return false;
        }

        using FileLock held = await LockAsync(cancellationToken).ConfigureAwait(false);
        SecretFile.Delete(TokenPath);
        SecretFile.Delete(StoredTokensPath);
        if (_note.Exists)
        {
            _keychain.Delete();
            _note.Delete();
        }

        return true;
    }

    private static Dictionary<string, string> Section(AccessToken token) =>
        new(StringComparer.Ordinal) { [StoredTokensFile.TokenKey] = token.Reveal() };

    private static AccessToken? TokenOf(Dictionary<string, string> values) =>
        AccessToken.TryParse(values.GetValueOrDefault(StoredTokensFile.TokenKey), out AccessToken? token) ? token : null;

    private static DateTimeOffset? ExpiryOf(Dictionary<string, string> values) =>
        long.TryParse(values.GetValueOrDefault(StoredTokensFile.ExpiryKey), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string Validate(string name)
    {
        string clean = name.Trim();
        return StoredTokensFile.FindProblem(clean) is not { } problem
            ? clean
            : throw new HubException(HubErrorKind.InvalidRequest, $"A token cannot be stored under this name: {problem}.")
            {
                Advice = ["Choose another name with --name."],
            };
    }

    private static HubException Unknown(string name, Dictionary<string, Dictionary<string, string>> sections) =>
        new(HubErrorKind.InvalidRequest, $"No token is stored under the name '{(name.Length > StoredTokensFile.MaxNameLength ? "…" : name)}'.")
        {
            Advice =
            [
                sections.Count == 0 ? "Run 'snug login' to store one." : $"Stored are: {string.Join(", ", sections.Keys.Order(CodePointComparer.Instance).Take(20))}.",
            ],
        };

    private Dictionary<string, Dictionary<string, string>> ReadSections()
    {
        try
        {
            if (!File.Exists(StoredTokensPath))
            {
                return new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
            }

            return StoredTokensFile.TryParse(
                SecretFile.ReadText(StoredTokensPath, StoredTokensFile.MaxLength), out Dictionary<string, Dictionary<string, string>>? sections, out string? problem)
                ? sections
                : throw new HubException(HubErrorKind.TokenStorage, $"'{StoredTokensPath}' is damaged: {problem}. It was left as it is.")
                {
                    Advice = ["Mend the file, or move it away, and log in again.", "Or run 'snug logout', which removes it."],
                };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubException(
                HubErrorKind.TokenStorage, $"'{StoredTokensPath}' cannot be read: {(e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.'))}.", e)
            {
                Advice = ["Check that the file is yours and that you may read it."],
            };
        }
    }

    private void WriteSections(Dictionary<string, Dictionary<string, string>> sections) =>
        SecretFile.Write(StoredTokensPath, StoredTokensFile.Format(sections));

    /// <summary>Removes the token file; a token that no name is known for gets one first, so that it is not lost.</summary>
    private void RemoveTokenFile(Dictionary<string, Dictionary<string, string>> sections)
    {
        if (TokenFile.TryRead(TokenPath) is { } active && sections.Values.All(values => TokenOf(values) != active))
        {
            string name = "previous";
            for (int i = 2; sections.ContainsKey(name); i++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"previous-{i}");
            }

            sections[name] = Section(active);
            WriteSections(sections);
        }

        SecretFile.Delete(TokenPath);
    }

    private AccessToken? TryReadKeychain()
    {
        try
        {
            return _keychain.Read(_note.Stamp);
        }
        catch (HubException)
        {
            // A locked keychain is no reason not to list the rest.
            return null;
        }
    }

    /// <summary>The lock that the Python client takes when it renews a token.</summary>
    private async Task<FileLock> LockAsync(CancellationToken cancellationToken)
    {
        string path = StoredTokensPath + ".lock";
        long start = _time.GetTimestamp();
        try
        {
            SecretFile.CreateFolder(Path.GetDirectoryName(path)!);
            while (true)
            {
                if (FileLock.TryAcquire(path) is { } held)
                {
                    return held;
                }

                if (_time.GetElapsedTime(start) > LockPatience)
                {
                    throw new HubException(HubErrorKind.TokenStorage, $"Another process holds the lock '{path}'.")
                    {
                        Advice = ["Wait for the other login to end, then run the same command again."],
                    };
                }

                await Task.Delay(LockInterval, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubException(
                HubErrorKind.TokenStorage, $"'{path}' cannot be written: {(e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.'))}.", e)
            {
                Advice = ["Check that you may write there.", "Or keep tokens elsewhere: set HF_TOKEN_PATH, or HF_HOME."],
            };
        }
    }
}
