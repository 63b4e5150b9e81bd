using System.Globalization;

namespace Snug.Hub;

/// <summary>
/// Reads the Hub's variables with the precedence of the Python client, and remembers which one decided.
/// Variables are read anew for every operation, so a change inside the process takes effect on the next call.
/// </summary>
internal sealed class HubEnvironment(Func<string, string?> read)
{
    public const string DefaultEndpoint = "https://huggingface.co";

    private const string DisableDotEnv = "SNUG_DISABLE_DOTENV";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan DefaultStallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The variables of this process.</summary>
    public static HubEnvironment Process { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Resolves every setting; an option that is set beats the environment, the environment beats <c>.env</c>.</summary>
    /// <exception cref="HubException">A value makes no sense (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public HubSettings Resolve(HubClientOptions options)
    {
        List<ResolvedSetting> all = [];
        List<string> warnings = [];
        VariableReader variables = new(read, ReadDotEnv(options, all, warnings));
        (Uri endpoint, bool isFromDotEnv) = ResolveEndpoint(options, variables, all);
        (string home, string tokenHome) = ResolveHome(variables, all);
        string cache = ResolveCache(options, home, variables, all);
        string tokenPath = ResolveTokenPath(tokenHome, variables, all);
        TokenChain tokens = TokenChain.Resolve(options, variables, tokenPath, isFromDotEnv ? endpoint : null, warnings);
        TokenCandidate? winner = tokens.InForce;
        all.Add(new("token", winner?.Token.Masked ?? "none", winner?.Source ?? "default"));
        all.AddRange(tokens.Candidates.Where(t => t != winner).Select(t => new ResolvedSetting("token, not used", t.Token.Masked, t.Source)));

        (bool offline, string offlineSource) = options.Offline is { } explicitOffline
            ? (explicitOffline, "option")
            : variables.ReadFlag("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE");
        all.Add(new("offline", Text(offline), offlineSource));

        (bool noLinks, string linkSource) = options.DisableSymlinks is { } explicitLinks
            ? (explicitLinks, "option")
            : variables.ReadFlag("HF_HUB_DISABLE_SYMLINKS");
        all.Add(new("symlinks disabled", Text(noLinks), linkSource));

        (bool noProgress, string progressSource) = variables.ReadFlag("HF_HUB_DISABLE_PROGRESS_BARS");
        all.Add(new("progress disabled", Text(noProgress), progressSource));

        TimeSpan header = ResolveTimeout(options.HeaderTimeout, "HF_HUB_ETAG_TIMEOUT", "header time-out", variables, all);
        TimeSpan idle = ResolveTimeout(options.IdleTimeout, "HF_HUB_DOWNLOAD_TIMEOUT", "idle time-out", variables, all);
        TimeSpan stall = ResolveStallTimeout(options, header, idle, all);
        return new HubSettings
        {
            Endpoint = endpoint,
            HomeDirectory = home,
            CacheDirectory = cache,
            TokenPath = tokenPath,
            Token = winner?.Token,
            TokenSource = winner?.Source,
            TokenSourceKind = winner?.Kind,
            TokenCandidates = tokens.Candidates,
            Offline = offline,
            DisableSymlinks = noLinks,
            DisableProgress = noProgress,
            HeaderTimeout = header < stall ? header : stall,
            IdleTimeout = idle < stall ? idle : stall,
            StallTimeout = stall,
            Warnings = warnings,
            All = all,
        };
    }

    private static string Text(bool value) => value ? "yes" : "no";

    private static string Text(TimeSpan value) => string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0.###} s");

    private DotEnvFile? ReadDotEnv(HubClientOptions options, List<ResolvedSetting> all, List<string> warnings)
    {
        const string Name = ".env file";
        if (!(options.UseDotEnv ?? !(read(DisableDotEnv) is { } value && VariableReader.IsOn(value.Trim()))))
        {
            all.Add(new(Name, "not read", options.UseDotEnv is null ? DisableDotEnv : "option"));
            return null;
        }

        string path = Path.GetFullPath(options.DotEnvPath ?? DotEnvFile.DefaultName);
        string source = options.DotEnvPath is null ? "default" : "option";
        try
        {
            DotEnvFile? file = DotEnvFile.TryRead(path);
            all.Add(new(Name, file is null ? "none" : path, source));
            foreach (DotEnvProblem problem in file?.Problems ?? [])
            {
                // What other programs read from the file is their business.
                if (problem.Name is { } name && VariableReader.IsAllowedInDotEnv(name))
                {
                    warnings.Add($"Line {problem.Line} of '{path}' ({name}) is passed over: {problem.Reason}.");
                }
            }

            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            all.Add(new(Name, "not readable", source));
            warnings.Add($"'{path}' is passed over: {(e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.'))}.");
            return null;
        }
    }

    /// <returns>The endpoint, and whether nobody but a <c>.env</c> says that it is to be trusted.</returns>
    private static (Uri Endpoint, bool IsFromDotEnv) ResolveEndpoint(HubClientOptions options, VariableReader variables, List<ResolvedSetting> all)
    {
        Variable? variable = options.Endpoint is null ? variables.Find("HF_ENDPOINT") : null;
        string text = options.Endpoint?.OriginalString ?? variable?.Value ?? DefaultEndpoint;
        string source = options.Endpoint is not null ? "option" : variable?.Source ?? "default";
        if (!Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out Uri? endpoint)
            || endpoint.Scheme is not ("http" or "https") || endpoint.Query.Length > 0 || endpoint.UserInfo.Length > 0)
        {
            throw new HubException(HubErrorKind.InvalidRequest, $"The endpoint from {source} is not an http or https address.")
            {
                Advice = [$"Set it to something like {DefaultEndpoint}, without a query or credentials."],
            };
        }

        all.Add(new("endpoint", endpoint.ToString().TrimEnd('/'), source));
        return (endpoint, variable is { IsFromDotEnv: true } && !HubUrls.SameOrigin(endpoint, new Uri(DefaultEndpoint)));
    }

    /// <returns>The folder of caches, and the folder of tokens, which no <c>.env</c> moves.</returns>
    private static (string Home, string TokenHome) ResolveHome(VariableReader variables, List<ResolvedSetting> all)
    {
        Variable? fromEnvironment = variables.FindInEnvironment("HF_HOME");
        (string path, string source) = (Path.Join(VariableReader.UserHome, ".cache", "huggingface"), "default");
        if (fromEnvironment is not null)
        {
            (path, source) = (variables.ExpandPath(fromEnvironment), fromEnvironment.Source);
        }
        else if (variables.FindInEnvironment("XDG_CACHE_HOME") is { } xdg)
        {
            (path, source) = (Path.Join(variables.ExpandPath(xdg), "huggingface"), xdg.Source);
        }

        string tokenHome = Path.GetFullPath(path);
        string home = tokenHome;
        if (fromEnvironment is null && variables.FindInDotEnv("HF_HOME") is { } inFile)
        {
            (home, source) = (Path.GetFullPath(variables.ExpandPath(inFile)), inFile.Source);
        }

        all.Add(new("home directory", home, source));
        return (home, tokenHome);
    }

    private static string ResolveCache(HubClientOptions options, string home, VariableReader variables, List<ResolvedSetting> all)
    {
        (string path, string source) = options.CacheDirectory is { Length: > 0 } option
            ? (option, "option")
            : variables.Find("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE") is { } variable
                ? (variables.ExpandPath(variable), variable.Source)
                : (Path.Join(home, "hub"), "default");
        path = Path.GetFullPath(path);
        all.Add(new("cache directory", path, source));
        return path;
    }

    private static string ResolveTokenPath(string tokenHome, VariableReader variables, List<ResolvedSetting> all)
    {
        (string path, string source) = variables.FindInEnvironment("HF_TOKEN_PATH") is { } variable
            ? (Path.GetFullPath(variables.ExpandPath(variable)), variable.Source)
            : (Path.Join(tokenHome, "token"), "default");
        all.Add(new("token file", path, source));
        return path;
    }

    private static TimeSpan ResolveStallTimeout(HubClientOptions options, TimeSpan header, TimeSpan idle, List<ResolvedSetting> all)
    {
        // Who allows a single wait to be long does not want it cut short by what nobody asked for.
        TimeSpan value = options.StallTimeout ?? new[] { DefaultStallTimeout, header, idle }.Max();
        all.Add(new("stall time-out", Text(value), options.StallTimeout is null ? "default" : "option"));
        return value;
    }

    private static TimeSpan ResolveTimeout(TimeSpan? option, string name, string label, VariableReader variables, List<ResolvedSetting> all)
    {
        (TimeSpan value, string source) = (option ?? DefaultTimeout, option is null ? "default" : "option");
        if (option is null && variables.Find(name) is { } variable)
        {
            if (!double.TryParse(variable.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || seconds is not (> 0 and < 1e6))
            {
                throw new HubException(HubErrorKind.InvalidRequest, $"{variable.Source} is not a number of seconds.")
                {
                    Advice = [$"Set {name} to a positive number such as 10, or remove it."],
                };
            }

            (value, source) = (TimeSpan.FromSeconds(seconds), variable.Source);
        }

        all.Add(new(label, Text(value), source));
        return value;
    }
}
