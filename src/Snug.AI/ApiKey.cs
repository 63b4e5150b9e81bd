using System.Diagnostics.CodeAnalysis;
using Snug.Hub;

namespace Snug.AI;

/// <summary>
/// The key or token of a provider. It prints masked, compares by value, and gives its text only to the code that puts it into a request
/// header or into the environment of a program.
/// </summary>
public sealed class ApiKey : IEquatable<ApiKey>
{
    private const int MaxLength = 8192;

    private readonly string _value;

    private ApiKey(string value) => _value = value;

    /// <summary>
    /// Creates a key from text as it comes out of files and variables: surrounding white space and one pair of quotes are removed.
    /// </summary>
    /// <exception cref="ChatProviderException">
    /// Nothing is left, or characters remain that no header may have (<see cref="ChatProviderErrorKind.Configuration"/>).
    /// </exception>
    public static ApiKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out ApiKey? key)
            ? key
            : throw new ChatProviderException(ChatProviderErrorKind.Configuration, "The API key is empty or has characters that no key has.")
            {
                Advice = ["Copy the key again from the provider's page; it is one word of letters, digits and punctuation."],
            };
    }

    /// <summary>Creates a key as <see cref="Parse"/> does, without throwing.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ApiKey? key)
    {
        key = null;
        if (text is null || text.Length > MaxLength)
        {
            return false;
        }

        string clean = text.Trim().Trim('\uFEFF');
        if (clean.Length >= 2 && clean[0] is '"' or '\'' && clean[^1] == clean[0])
        {
            clean = clean[1..^1].Trim();
        }

        // Anything but visible ASCII could not stand in a header, or would smuggle a second one in.
        if (clean.Length == 0 || clean.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        key = new ApiKey(clean);
        return true;
    }

    /// <summary>The key that a token of the Hub is.</summary>
    public static ApiKey FromToken(AccessToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new ApiKey(token.Reveal());
    }

    /// <summary>The token of the Hub that this key is.</summary>
    /// <exception cref="HubException">No token looks like this (<see cref="HubErrorKind.InvalidToken"/>).</exception>
    public AccessToken ToToken() => AccessToken.Parse(_value);

    /// <summary>Whether two keys have the same text.</summary>
    public static bool operator ==(ApiKey? left, ApiKey? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether two keys have different texts.</summary>
    public static bool operator !=(ApiKey? left, ApiKey? right) => !(left == right);

    /// <summary>Always the same: not even a part of a key of unknown form is shown.</summary>
    public override string ToString() => "(secret)";

    /// <inheritdoc/>
    public bool Equals(ApiKey? other) => other is not null && other._value == _value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ApiKey);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_value);

    /// <summary>The key's text. Only request headers may ask for it.</summary>
    internal string Reveal() => _value;

    /// <summary>A text in which the key, if it is there, is blotted out: servers like to quote what they refuse.</summary>
    internal string RemoveFrom(string text) => text.Replace(_value, ToString(), StringComparison.Ordinal);
}
