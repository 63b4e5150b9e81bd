using System.Globalization;

namespace Snug.Hub;

/// <summary>
/// Reads the Hub's environment variables with the precedence of the Python client, and remembers which one decided.
/// Variables are read anew for every operation, so a change inside the process takes effect on the next call.
/// </summary>
internal sealed class HubEnvironment(Func<string, string?> read)
{
    public const string DefaultEndpoint = "https://huggingface.co";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
    private static readonly string[] TokenVariables =
        ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "HUGGINGFACE_HUB_TOKEN"];

    /// <summary>The variables of this process.</summary>
    public static HubEnvironment Process { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Resolves every setting; an option that is set beats the environment.</summary>
    /// <exception cref="HubException">A value makes no sense (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public HubSettings Resolve(HubClientOptions options)
    {
        List<ResolvedSetting> all = [];
        Uri endpoint = ResolveEndpoint(options, all);
        string home = ResolveHome(all);
        string cache = ResolveCache(options, home, all);
        string tokenPath = ResolvePath("HF_TOKEN_PATH", Path.Join(home, "token"), "token file", all);
        (AccessToken? token, string? tokenSource) = ResolveToken(options, tokenPath);
        all.Add(new("token", token?.Masked ?? "none", tokenSource ?? "default"));

        (bool offline, string offlineSource) = options.Offline is { } explicitOffline
            ? (explicitOffline, "option")
            : ReadFlag("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE");
        all.Add(new("offline", Text(offline), offlineSource));

        (bool noLinks, string linkSource) = options.DisableSymlinks is { } explicitLinks
            ? (explicitLinks, "option")
            : ReadFlag("HF_HUB_DISABLE_SYMLINKS");
        all.Add(new("symlinks disabled", Text(noLinks), linkSource));

        (bool noProgress, string progressSource) = ReadFlag("HF_HUB_DISABLE_PROGRESS_BARS");
        all.Add(new("progress disabled", Text(noProgress), progressSource));

        return new HubSettings
        {
            Endpoint = endpoint,
            HomeDirectory = home,
            CacheDirectory = cache,
            TokenPath = tokenPath,
            Token = token,
            TokenSource = tokenSource,
            Offline = offline,
            DisableSymlinks = noLinks,
            DisableProgress = noProgress,
            HeaderTimeout = ResolveTimeout(options.HeaderTimeout, "HF_HUB_ETAG_TIMEOUT", "header time-out", all),
            IdleTimeout = ResolveTimeout(options.IdleTimeout, "HF_HUB_DOWNLOAD_TIMEOUT", "idle time-out", all),
            All = all,
        };
    }

    private static string Text(bool value) => value ? "yes" : "no";

    private Uri ResolveEndpoint(HubClientOptions options, List<ResolvedSetting> all)
    {
        (string text, string source) = options.Endpoint is { } option
            ? (option.OriginalString, "option")
            : Read("HF_ENDPOINT") is { } variable ? (variable, "HF_ENDPOINT") : (DefaultEndpoint, "default");
        if (!Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out Uri? endpoint)
            || endpoint.Scheme is not ("http" or "https") || endpoint.Query.Length > 0 || endpoint.UserInfo.Length > 0)
        {
            throw new HubException(HubErrorKind.InvalidRequest, $"The endpoint from {source} is not an http or https address.")
            {
                Advice = [$"Set it to something like {DefaultEndpoint}, without a query or credentials."],
            };
        }

        all.Add(new("endpoint", endpoint.ToString().TrimEnd('/'), source));
        return endpoint;
    }

    private string ResolveHome(List<ResolvedSetting> all)
    {
        string userHome = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        (string path, string source) = Read("HF_HOME") is { } home
            ? (Expand(home), "HF_HOME")
            : Read("XDG_CACHE_HOME") is { } xdg
                ? (Path.Join(Expand(xdg), "huggingface"), "XDG_CACHE_HOME")
                : (Path.Join(userHome, ".cache", "huggingface"), "default");
        path = Path.GetFullPath(path);
        all.Add(new("home directory", path, source));
        return path;
    }

    private string ResolveCache(HubClientOptions options, string home, List<ResolvedSetting> all)
    {
        string path = Path.Join(home, "hub");
        string source = "default";
        if (options.CacheDirectory is { Length: > 0 } option)
        {
            (path, source) = (option, "option");
        }
        else
        {
            foreach (string name in (ReadOnlySpan<string>)["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE"])
            {
                if (Read(name) is { } value)
                {
                    (path, source) = (Expand(value), name);
                    break;
                }
            }
        }

        path = Path.GetFullPath(path);
        all.Add(new("cache directory", path, source));
        return path;
    }

    private string ResolvePath(string variable, string fallback, string name, List<ResolvedSetting> all)
    {
        (string path, string source) = Read(variable) is { } value ? (Path.GetFullPath(Expand(value)), variable) : (fallback, "default");
        all.Add(new(name, path, source));
        return path;
    }

    private (AccessToken? Token, string? Source) ResolveToken(HubClientOptions options, string tokenPath)
    {
        if (options.Token is { } explicitToken)
        {
            return (explicitToken, "option");
        }

        if (!(options.UseImplicitToken ?? !ReadFlag("HF_HUB_DISABLE_IMPLICIT_TOKEN").Value))
        {
            return (null, null);
        }

        foreach (string name in TokenVariables)
        {
            if (AccessToken.TryParse(read(name), out AccessToken? token))
            {
                return (token, name);
            }
        }

        return StoredToken.TryRead(tokenPath) is { } stored ? (stored, tokenPath) : (null, null);
    }

    private TimeSpan ResolveTimeout(TimeSpan? option, string variable, string name, List<ResolvedSetting> all)
    {
        (TimeSpan value, string source) = (option ?? DefaultTimeout, option is null ? "default" : "option");
        if (option is null && Read(variable) is { } text)
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || seconds is not (> 0 and < 1e6))
            {
                throw new HubException(HubErrorKind.InvalidRequest, $"{variable} is not a number of seconds.")
                {
                    Advice = [$"Set {variable} to a positive number such as 10, or remove it."],
                };
            }

            (value, source) = (TimeSpan.FromSeconds(seconds), variable);
        }

        all.Add(new(name, string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0.###} s"), source));
        return value;
    }

    private string? Read(string name) => read(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private (bool Value, string Source) ReadFlag(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Read(name) is { } value)
            {
                return (value.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE", name);
            }
        }

        return (false, "default");
    }

    /// <summary>Expands a leading <c>~</c> and <c>$NAME</c> or <c>${NAME}</c> parts, as the Python client does for paths.</summary>
    private string Expand(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith(@"~\", StringComparison.Ordinal))
        {
            path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify) + path[1..];
        }

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
}
