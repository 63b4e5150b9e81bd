using System.CommandLine;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>One run of a command: what was asked for, and where answers go.</summary>
internal sealed class Invocation(CliConsole console, CommonOptions common, ParseResult parse)
{
    public CliConsole Console => console;

    public ParseResult Parse => parse;

    public bool IsJson { get; } = parse.GetValue(common.Json);

    public bool IsQuiet { get; } = parse.GetValue(common.Quiet);

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parse.GetValue(argument);

    public HubClientOptions ClientOptions() => common.ReadClient(parse, console);

    public HubClient CreateHub() => new(ClientOptions(), timeProvider: console.Time);

    public RepositoryReference Repository(string text, HubSettings settings) => common.ReadRepository(parse, text, settings);

    /// <summary>Data: a line on standard output.</summary>
    public void Write(string line) => console.Out.WriteLine(line);

    /// <summary>Data: the JSON document on standard output.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write) => JsonOutput.Write(console.Out, write);

    /// <summary>A message for whoever watches; not with <c>--quiet</c>.</summary>
    public void Say(string line)
    {
        if (!IsQuiet)
        {
            console.Error.WriteLine(line);
        }
    }

    public void Warn(string line) => Say(Ansi.Style(console.DecoratesError, Ansi.Yellow, "warning:") + " " + line);

    /// <summary>A message that explains what was just shown.</summary>
    public void Hint(string line) => Say(Ansi.Style(console.DecoratesError, Ansi.Dim, line));
}
