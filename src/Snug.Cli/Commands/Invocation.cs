using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>One run of a command: what was asked for, and where answers go.</summary>
internal sealed class Invocation(CliConsole console, CommonOptions common, ParseResult parse)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly List<HubClient> _hubs = [];

    public CliConsole Console => console;

    public CommonOptions Common => common;

    public Messages Messages { get; } = new(console, parse.GetValue(common.Quiet), parse.GetValue(common.Progress) == "json");

    public bool IsJson { get; } = parse.GetValue(common.Json);

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parse.GetValue(argument);

    /// <summary>Whether an option was written, rather than left to its default.</summary>
    public bool IsGiven(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>The folder whose <c>.env</c> counts, where it is not the one in which the command was started.</summary>
    public string? DotEnvFolder { get; set; }

    public HubClientOptions ClientOptions()
    {
        HubClientOptions options = common.ReadClient(parse, console);
        if (DotEnvFolder is { } folder)
        {
            options.DotEnvPath = Path.Join(folder, DotEnvFile.DefaultName);
        }

        return options;
    }

    public HubClient CreateHub()
    {
        _ = ResolveSettings();
        return CreateHub(ClientOptions());
    }

    /// <summary>A client with options of the command's own; it logs as <c>--verbose</c> says, like every other one.</summary>
    /// <param name="options">The options.</param>
    /// <param name="counts">Whether what it asks is counted for <c>snug usage</c>.</param>
    public HubClient CreateHub(HubClientOptions options, bool counts = true)
    {
        HubClient hub = new(options, timeProvider: console.Time, logger: Log());
        if (counts)
        {
            _hubs.Add(hub);
        }

        return hub;
    }

    /// <summary>Whether what commands ask of the Hub is counted for <c>snug usage</c>.</summary>
    public bool RecordsUsage => console.Variable("SNUG_USAGE")?.Trim() is not ("0" or "false" or "no" or "off");

    /// <summary>Writes down what this run has asked of the Hub; it never fails.</summary>
    public void RecordUsage()
    {
        DateTimeOffset now = console.Time.GetUtcNow();
        UsageEntry[] entries = [.. _hubs.SelectMany(hub => hub.GetUsage()).Select(usage => UsageEntry.From(usage, now))];
        if (entries.Length > 0 && RecordsUsage)
        {
            new UsageJournal(LocalSettings().HomeDirectory).Append(entries);
        }
    }

    /// <summary>Where the client logs to, or <see langword="null"/> when nobody asked.</summary>
    private ConsoleLogger? Log() => parse.GetResult(common.Verbose)?.IdentifierTokenCount switch
    {
        null or 0 => null,
        1 => new ConsoleLogger(console, LogLevel.Information),
        _ => new ConsoleLogger(console, LogLevel.Debug),
    };

    /// <summary>The settings in force; what is odd about them is said once.</summary>
    public HubSettings ResolveSettings()
    {
        HubSettings settings = HubSettings.Resolve(ClientOptions());
        foreach (string warning in settings.Warnings)
        {
            if (_said.Add(warning))
            {
                Messages.Warn(Text.Printable(warning));
            }
        }

        return settings;
    }

    /// <summary>The settings of this machine, without the <c>.env</c> of the folder that one happens to be in.</summary>
    public HubSettings MachineSettings()
    {
        HubClientOptions options = ClientOptions();
        options.UseDotEnv = false;
        return HubSettings.Resolve(options);
    }

    /// <summary>Says so when another source beats a token that was just stored, or goes on after stored ones were removed.</summary>
    public void WarnOfOverridingToken(AccessToken? stored)
    {
        HubClientOptions options = ClientOptions();
        options.Token = null;
        HubSettings settings = HubSettings.Resolve(options);
        if (settings.Token is not null && settings.Token != stored)
        {
            Messages.Warn(Text.Printable(stored is null
                ? $"The token from {settings.TokenSource} is still in force here."
                : $"The token from {settings.TokenSource} beats the stored one here."));
        }
    }

    /// <summary>Settings for work that sends no request, so that no keychain is asked for a token.</summary>
    public HubSettings LocalSettings()
    {
        HubClientOptions options = ClientOptions();
        options.UseImplicitToken = false;
        return HubSettings.Resolve(options);
    }

    public HubCache OpenCache() => new(LocalSettings().CacheDirectory, timeProvider: console.Time);

    public RepositoryReference Repository(string text, HubSettings settings) => common.ReadRepository(parse, text, settings);

    /// <summary>Whether a job is to be started: it was asked for, and this process is none itself.</summary>
    public bool StartsJob => parse.GetValue(common.Background) && console.Job is null;

    /// <summary>Starts showing progress as it was asked for.</summary>
    public ProgressView ShowProgress(HubSettings settings) =>
        console.Job is { } job ? new JobProgress(console, job) : ProgressView.Create(console, ModeOfProgress(settings));

    private ProgressMode ModeOfProgress(HubSettings settings) => parse.GetValue(common.Progress) switch
    {
        "plain" => ProgressMode.Plain,
        "json" => ProgressMode.Json,
        "none" => ProgressMode.None,
        _ when Messages.IsQuiet || settings.DisableProgress => ProgressMode.None,
        // A display that is redrawn and lines of a log do not get along.
        _ => console.DecoratesError && !parse.GetValue(common.Verbose) ? ProgressMode.Live : ProgressMode.Plain,
    };

    /// <summary>Data: a line on standard output.</summary>
    public void Write(string line)
    {
        console.Out.WriteLine(line);
        console.Out.Flush();
    }

    /// <summary>Data: the JSON document on standard output.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write) => JsonOutput.Write(console.Out, write);
}
