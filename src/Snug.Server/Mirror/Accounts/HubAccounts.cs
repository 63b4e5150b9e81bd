using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Snug.Server;

/// <summary>The people and tokens that a mirror knows.</summary>
public sealed class HubAccounts
{
    /// <summary>
    /// Nobody is known and tokens are not looked at: whoever can reach the mirror may read what is public, and clients that send the
    /// token of another Hub with every request are not turned away for it.
    /// </summary>
    public static readonly HubAccounts Unchecked = new([], checksTokens: false);

    // Keyed by hash, so that the time of a look-up says nothing about the characters of a token.
    private readonly FrozenDictionary<string, HubCaller> _byTokenHash;

    /// <summary>Collects people; a token that is none of theirs is refused.</summary>
    /// <exception cref="ArgumentException">Two accounts have one name, or one token stands for two.</exception>
    public HubAccounts(IEnumerable<HubAccount> accounts)
        : this(accounts, checksTokens: true)
    {
    }

    private HubAccounts(IEnumerable<HubAccount> accounts, bool checksTokens)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        ChecksTokens = checksTokens;
        Accounts = [.. accounts];
        if (Accounts.DistinctBy(account => account.Name, StringComparer.Ordinal).Count() != Accounts.Count)
        {
            throw new ArgumentException("Two accounts have one name.", nameof(accounts));
        }

        Dictionary<string, HubCaller> byTokenHash = new(StringComparer.Ordinal);
        foreach (HubAccount account in Accounts)
        {
            foreach (HubToken token in account.Tokens)
            {
                if (!byTokenHash.TryAdd(Key(token.Text), new HubCaller(account, token)))
                {
                    throw new ArgumentException($"The token '{token.Name}' of '{account.Name}' is there twice.", nameof(accounts));
                }
            }
        }

        _byTokenHash = byTokenHash.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>All accounts.</summary>
    public IReadOnlyList<HubAccount> Accounts { get; }

    /// <summary>Whether a request with an unknown token is refused.</summary>
    public bool ChecksTokens { get; }

    internal HubCaller? Find(ReadOnlySpan<char> token) =>
        token.Length <= 256 ? _byTokenHash.GetValueOrDefault(Key(token)) : null;

    private static string Key(ReadOnlySpan<char> token)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(256)];
        int length = Encoding.UTF8.GetBytes(token, bytes);
        return Convert.ToHexString(SHA256.HashData(bytes[..length]));
    }
}
