using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Snug.Hub;

/// <summary>
/// A Hub access token. It prints masked, compares by value, and gives its text only to the code that puts it in a request header.
/// </summary>
public sealed class AccessToken : IEquatable<AccessToken>
{
    private const int MaxLength = 4096;
    private const int VisibleCharacters = 4;

    private readonly string _value;

    private AccessToken(string value) => _value = value;

    /// <summary>
    /// A masked form for people: <c>hf_</c> and at most four characters of the token, enough to tell two tokens apart.
    /// </summary>
    public string Masked
    {
        get
        {
            string prefix = _value.StartsWith("hf_", StringComparison.Ordinal) ? "hf_" : "";
            int visible = _value.Length >= prefix.Length + 16 ? VisibleCharacters : 0;
            return $"{prefix}{_value.AsSpan(prefix.Length, visible)}…";
        }
    }

    /// <summary>
    /// Eight hexadecimal digits that tell tokens apart whose masked forms are the same. They come from a hash, so nothing of the token can be found from them.
    /// </summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("snug token fingerprint\n" + _value)).AsSpan(0, 4));

    /// <summary>
    /// Creates a token from text as it comes out of files, variables and clipboards: a byte-order mark, line ends, surrounding white space and
    /// one pair of quotes are removed.
    /// </summary>
    /// <exception cref="HubException">Nothing is left, or characters remain that no token has (<see cref="HubErrorKind.InvalidToken"/>).</exception>
    public static AccessToken Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out AccessToken? token)
            ? token
            : throw new HubException(HubErrorKind.InvalidToken, "The token is empty or has characters that no token has.")
            {
                Advice = ["Copy the token again from https://huggingface.co/settings/tokens; it begins with 'hf_'."],
            };
    }

    /// <summary>Creates a token as <see cref="Parse"/> does, without throwing.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out AccessToken? token)
    {
        token = null;
        if (text is null || text.Length > MaxLength)
        {
            return false;
        }

        string clean = text.TrimStart('\uFEFF').Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Trim();
        if (clean.Length >= 2 && clean[0] is '"' or '\'' && clean[^1] == clean[0])
        {
            clean = clean[1..^1].Trim();
        }

        // Anything but visible ASCII could not stand in a header, or would smuggle a second one in.
        if (clean.Length == 0 || clean.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        token = new AccessToken(clean);
        return true;
    }

    /// <summary>Whether two tokens have the same text.</summary>
    public static bool operator ==(AccessToken? left, AccessToken? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether two tokens have different texts.</summary>
    public static bool operator !=(AccessToken? left, AccessToken? right) => !(left == right);

    /// <summary>
    /// Puts a token into the environment of a program that is about to be started, and nothing else: under <c>HF_TOKEN</c> and
    /// <c>HUGGING_FACE_HUB_TOKEN</c>, and under the other names of the token where they are set already, so that no name has another one.
    /// </summary>
    /// <param name="environment">The environment, for example of a <see cref="System.Diagnostics.ProcessStartInfo"/>.</param>
    /// <param name="token">The token, or <see langword="null"/> for a program that is to have none: then all names are removed.</param>
    public static void SetVariables(IDictionary<string, string?> environment, AccessToken? token)
    {
        ArgumentNullException.ThrowIfNull(environment);
        foreach (string name in VariableReader.Tokens)
        {
            if (token is null)
            {
                environment.Remove(name);
            }
            else if (name is "HF_TOKEN" or "HUGGING_FACE_HUB_TOKEN" || environment.ContainsKey(name))
            {
                environment[name] = token._value;
            }
        }
    }

    /// <summary>The masked form; never the token itself.</summary>
    public override string ToString() => Masked;

    /// <inheritdoc/>
    public bool Equals(AccessToken? other) => other is not null && other._value == _value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AccessToken);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_value);

    /// <summary>The token's text. Only request headers, the token store and the environment of programs may ask for it.</summary>
    internal string Reveal() => _value;
}
