namespace Snug.Hub;

/// <summary>
/// Reads variables from the environment, then from a <c>.env</c> file. A folder that somebody else wrote may have a <c>.env</c>, so it is
/// believed only where it can do no harm: it never says where tokens are kept.
/// </summary>
internal sealed class VariableReader(Func<string, string?> read, DotEnvFile? dotEnv)
{
    public static readonly string[] Tokens = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "HUGGINGFACE_HUB_TOKEN"];

    /// <summary>What a <c>.env</c> may decide. Of these only the endpoint needs care, see <see cref="TokenChain"/>.</summary>
    private static readonly HashSet<string> AllowedInDotEnv = new(StringComparer.Ordinal)
    {
        "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "HUGGINGFACE_HUB_TOKEN", "HF_HUB_DISABLE_IMPLICIT_TOKEN",
        "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE", "HF_ENDPOINT", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE",
        "HF_HUB_DISABLE_SYMLINKS", "HF_HUB_DISABLE_PROGRESS_BARS", "HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT",
    };

    public static bool IsAllowedInDotEnv(string name) => AllowedInDotEnv.Contains(name);

    /// <summary>The first of some variables that is set; the environment comes before the file.</summary>
    public Variable? Find(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (FindInEnvironment(name) is { } found)
            {
                return found;
            }
        }

        foreach (string name in names)
        {
            if (FindInDotEnv(name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    public Variable? FindInEnvironment(string name) => Make(name, read(name), isFromDotEnv: false);

    public Variable? FindInDotEnv(string name) =>
        IsAllowedInDotEnv(name) && dotEnv?.Variables.TryGetValue(name, out string? value) == true ? Make(name, value, isFromDotEnv: true) : null;

    public (bool Value, string Source) ReadFlag(params ReadOnlySpan<string> names) =>
        Find(names) is { } found ? (IsOn(found.Value), found.Source) : (false, "default");

    public static bool IsOn(string value) => value.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    /// <summary>
    /// The value as a path: a leading <c>~</c> is expanded and, for a variable of the environment, <c>$NAME</c> and <c>${NAME}</c>, as the
    /// Python client does. A <c>.env</c> could put a token into the name of a folder that way.
    /// </summary>
    public string ExpandPath(Variable variable)
    {
        string path = variable.Value;
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith(@"~\", StringComparison.Ordinal))
        {
            path = UserHome + path[1..];
        }

        return variable.IsFromDotEnv ? path : ExpandVariables(path);
    }

    public static string UserHome =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    private string ExpandVariables(string path)
    {
        int dollar = path.IndexOf('$', StringComparison.Ordinal);
        while (dollar >= 0)
        {
            bool braces = dollar + 1 < path.Length && path[dollar + 1] == '{';
            int start = dollar + (braces ? 2 : 1);
            int end = start;
            while (end < path.Length && (char.IsAsciiLetterOrDigit(path[end]) || path[end] == '_'))
            {
                end++;
            }

            bool closed = !braces || (end < path.Length && path[end] == '}');
            string? value = end > start && closed ? read(path[start..end]) : null;
            int after = end + (braces ? 1 : 0);
            if (value is not null)
            {
                path = string.Concat(path.AsSpan(0, dollar), value, path.AsSpan(after));
                after = dollar + value.Length;
            }

            dollar = after < path.Length ? path.IndexOf('$', Math.Max(after, dollar + 1)) : -1;
        }

        return path;
    }

    private static Variable? Make(string name, string? value, bool isFromDotEnv) =>
        string.IsNullOrWhiteSpace(value) ? null : new Variable(name, value.Trim(), isFromDotEnv);
}
