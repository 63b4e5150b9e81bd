using System.Runtime.InteropServices;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug env</c>: versions, settings in force with their sources, and the variables behind them.</summary>
internal sealed class EnvCommand : SnugCommand
{
    /// <summary>Everything in the environment that changes what Snug, or .NET's HTTP client under it, does.</summary>
    private static readonly string[] Variables =
    [
        "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE", "XDG_CACHE_HOME",
        "HF_ENDPOINT", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "HUGGINGFACE_HUB_TOKEN", "HF_TOKEN_PATH",
        "HF_HUB_DISABLE_IMPLICIT_TOKEN", "SNUG_DISABLE_DOTENV", "SNUG_KEYCHAIN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_SYMLINKS",
        "HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_DISABLE_PROGRESS_BARS", EnsureDefaults.Variable,
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy",
        "NO_COLOR", "TERM", "SNUG_TRACE",
    ];

    public EnvCommand(CliConsole console, CommonOptions common)
        : base("env", "Show versions, settings and where each comes from; tokens are masked.", console, common) =>
        AddAll(common.CacheDirectory, common.Json);

    protected override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        HubSettings settings = invocation.ResolveSettings();
        List<SectionRow> variables = [];
        foreach (string name in Variables)
        {
            if (Show(name, invocation.Console.Variable(name)) is { Length: > 0 } value)
            {
                variables.Add(new SectionRow(name, value));
            }
        }

        if (invocation.IsJson)
        {
            WriteJson(invocation, settings, variables);
            return Task.FromResult(ExitCodes.Done);
        }

        Sections sections = new(invocation.Console);
        sections.Add(
            "Versions",
            [new SectionRow("snug", Versions.Snug), new SectionRow(".NET", Environment.Version.ToString()), new SectionRow("system", SystemName)]);
        List<SectionRow> rows = [];
        foreach (ResolvedSetting setting in settings.All)
        {
            rows.Add(new SectionRow(setting.Name, setting.Value, $"from {SourceOf(setting)}"));
        }

        sections.Add("Settings", rows);
        sections.Add("Variables", variables);
        sections.Write();
        if (settings.Token is null)
        {
            invocation.Messages.Hint("No token is configured. " + AuthenticationText.Optional);
        }

        return Task.FromResult(ExitCodes.Done);
    }

    private static string SystemName => $"{RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()})";

    // Apart, so that the serializer is not loaded where nothing is serialized.
    private static void WriteJson(Invocation invocation, HubSettings settings, List<SectionRow> variables) => invocation.WriteJson(json =>
    {
        json.WriteStartObject("versions");
        json.WriteString("snug", Versions.Snug);
        json.WriteString("dotnet", Environment.Version.ToString());
        json.WriteString("system", SystemName);
        json.WriteEndObject();
        json.WriteStartArray("settings");
        foreach (ResolvedSetting setting in settings.All)
        {
            json.WriteStartObject();
            json.WriteString("name", setting.Name);
            json.WriteString("value", setting.Value);
            json.WriteString("source", setting.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("variables");
        foreach (SectionRow variable in variables)
        {
            json.WriteString(variable.Name, variable.Value);
        }

        json.WriteEndObject();
    });

    private static string SourceOf(ResolvedSetting setting) => setting.Source switch
    {
        "option" => "the command line",
        "default" => "the default",
        _ => setting.Source,
    };

    private static string Show(string name, string? value) =>
        string.IsNullOrWhiteSpace(value) ? ""
        : name.Contains("TOKEN", StringComparison.Ordinal) && name is not ("HF_TOKEN_PATH" or "HF_HUB_DISABLE_IMPLICIT_TOKEN")
            ? AccessToken.TryParse(value, out AccessToken? token) ? token.Masked : "(not a token)"
        : name.EndsWith("PROXY", StringComparison.OrdinalIgnoreCase) || name == "HF_ENDPOINT" ? WithoutCredentials(value)
        : value.Trim();

    /// <summary>Proxies are often given with a user and password.</summary>
    private static string WithoutCredentials(string value)
    {
        int at = value.LastIndexOf('@');
        int scheme = value.IndexOf("://", StringComparison.Ordinal);
        return at < 0 ? value.Trim() : string.Concat(scheme < 0 ? "" : value.AsSpan(0, scheme + 3).TrimStart(), "…", value.AsSpan(at).TrimEnd());
    }
}
