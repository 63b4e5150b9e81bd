using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Snug.Hub;

/// <summary>
/// The identity of a repository on the Hub: its type, an optional namespace (user or organization) and a name.
/// </summary>
/// <remarks>
/// Validation follows the rules of the Python client: at most 96 characters, letters, digits, <c>-</c>, <c>_</c> and <c>.</c>,
/// no <c>--</c> or <c>..</c>, no <c>-</c> or <c>.</c> at either end of a segment, and not ending in <c>.git</c>.
/// Case is kept as typed; the Hub redirects other spellings.
/// </remarks>
public sealed record RepositoryId : IParsable<RepositoryId>
{
    /// <summary>The longest repository id, in characters, namespace and slash included.</summary>
    public const int MaxLength = 96;

    private static readonly SearchValues<char> AllowedCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private RepositoryId(RepositoryType type, string? @namespace, string name)
    {
        Type = type;
        Namespace = @namespace;
        Name = name;
    }

    /// <summary>Whether this is a model, a dataset or a space.</summary>
    public RepositoryType Type { get; }

    /// <summary>The user or organization, or <see langword="null"/> for canonical one-segment ids such as <c>gpt2</c>.</summary>
    public string? Namespace { get; }

    /// <summary>The name inside the namespace.</summary>
    public string Name { get; }

    /// <summary>Namespace and name without the type: <c>openai/whisper-tiny</c> or <c>gpt2</c>.</summary>
    public string FullName => Namespace is null ? Name : $"{Namespace}/{Name}";

    /// <summary>The id as it stands in web addresses: <c>gpt2</c>, <c>datasets/squad</c>, <c>spaces/org/app</c>.</summary>
    public string UrlPath => Type == RepositoryType.Model ? FullName : $"{TypePlural}/{FullName}";

    /// <summary>The plural of the type as the Hub's API spells it: <c>models</c>, <c>datasets</c> or <c>spaces</c>.</summary>
    public string TypePlural => Type switch
    {
        RepositoryType.Dataset => "datasets",
        RepositoryType.Space => "spaces",
        _ => "models",
    };

    /// <summary>Creates an id of a given type from <c>name</c> or <c>namespace/name</c>.</summary>
    /// <exception cref="HubException">The id breaks a naming rule (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public static RepositoryId Create(RepositoryType type, string fullName)
    {
        ArgumentNullException.ThrowIfNull(fullName);
        return TryCreate(type, fullName, out RepositoryId? id, out string? problem)
            ? id
            : throw HubException.InvalidRepositoryId(fullName, problem);
    }

    /// <summary>
    /// Parses an id as people write or paste it: <c>gpt2</c>, <c>org/name</c>, <c>datasets/org/name</c>,
    /// a Hub address (<c>https://huggingface.co/org/name</c>) or a <c>hf://</c> URI. A revision or file in it is ignored;
    /// use <see cref="RepositoryReference"/> to keep them.
    /// </summary>
    /// <exception cref="HubException">The text is not a repository id (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public static RepositoryId Parse(string text) => RepositoryReference.Parse(text).Repository;

    /// <inheritdoc/>
    static RepositoryId IParsable<RepositoryId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    static bool IParsable<RepositoryId>.TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out RepositoryId result) => TryParse(s, out result);

    /// <summary>Parses an id as <see cref="Parse(string)"/> does, without throwing.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out RepositoryId result)
    {
        result = RepositoryReference.TryParse(text, null, out RepositoryReference? reference, out _) ? reference.Repository : null;
        return result is not null;
    }

    /// <summary>Lets a string stand where an id is expected; the same as <see cref="Parse(string)"/>.</summary>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "Parse is the named alternate.")]
    public static implicit operator RepositoryId(string text) => Parse(text);

    /// <summary>The id as people type it: <c>gpt2</c>, <c>org/name</c>, <c>datasets/org/name</c>.</summary>
    public override string ToString() => UrlPath;

    internal static bool TryCreate(
        RepositoryType type, string fullName, [NotNullWhen(true)] out RepositoryId? id, [NotNullWhen(false)] out string? problem)
    {
        id = null;
        problem = FindProblem(fullName);
        if (problem is not null)
        {
            return false;
        }

        int slash = fullName.IndexOf('/', StringComparison.Ordinal);
        id = slash < 0
            ? new RepositoryId(type, null, fullName)
            : new RepositoryId(type, fullName[..slash], fullName[(slash + 1)..]);
        return true;
    }

    private static string? FindProblem(string fullName)
    {
        if (fullName.Length == 0)
        {
            return "it is empty";
        }

        if (fullName.Length > MaxLength)
        {
            return $"it is longer than {MaxLength} characters";
        }

        string[] segments = fullName.Split('/');
        if (segments.Length > 2)
        {
            return "it has more than two segments; write 'name' or 'namespace/name'";
        }

        foreach (string segment in segments)
        {
            if (segment.Length == 0)
            {
                return "a segment is empty; write 'name' or 'namespace/name'";
            }

            if (segment.AsSpan().ContainsAnyExcept(AllowedCharacters))
            {
                return "only letters, digits, '-', '_' and '.' are allowed";
            }

            if (segment[0] is '-' or '.' || segment[^1] is '-' or '.')
            {
                return "a segment may not begin or end with '-' or '.'";
            }
        }

        if (fullName.Contains("--", StringComparison.Ordinal) || fullName.Contains("..", StringComparison.Ordinal))
        {
            return "'--' and '..' are not allowed";
        }

        return fullName.EndsWith(".git", StringComparison.Ordinal) ? "it may not end with '.git'" : null;
    }
}
