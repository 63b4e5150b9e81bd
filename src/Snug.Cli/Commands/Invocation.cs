using System.CommandLine;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>One run of a command: what was asked for, and where answers go.</summary>
internal sealed class Invocation(CliConsole console, CommonOptions common, ParseResult parse)
{
    public CliConsole Console => console;

    public CommonOptions Common => common;

    public Messages Messages { get; } = new(console, parse.GetValue(common.Quiet), parse.GetValue(common.Progress) == "json");

    public bool IsJson { get; } = parse.GetValue(common.Json);

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parse.GetValue(argument);

    /// <summary>Whether an option was written, rather than left to its default.</summary>
    public bool IsGiven(Option option) => parse.GetResult(option) is { Implicit: false };

    public HubClientOptions ClientOptions() => common.ReadClient(parse, console);

    public HubClient CreateHub() => new(ClientOptions(), timeProvider: console.Time);

    public HubCache OpenCache() => new(HubSettings.Resolve(ClientOptions()).CacheDirectory, timeProvider: console.Time);

    public RepositoryReference Repository(string text, HubSettings settings) => common.ReadRepository(parse, text, settings);

    /// <summary>Starts showing progress as it was asked for.</summary>
    public ProgressView ShowProgress(HubSettings settings) => ProgressView.Create(console, parse.GetValue(common.Progress) switch
    {
        "plain" => ProgressMode.Plain,
        "json" => ProgressMode.Json,
        "none" => ProgressMode.None,
        _ when Messages.IsQuiet || settings.DisableProgress => ProgressMode.None,
        _ => console.DecoratesError ? ProgressMode.Live : ProgressMode.Plain,
    });

    /// <summary>Data: a line on standard output.</summary>
    public void Write(string line)
    {
        console.Out.WriteLine(line);
        console.Out.Flush();
    }

    /// <summary>Data: the JSON document on standard output.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write) => JsonOutput.Write(console.Out, write);
}
