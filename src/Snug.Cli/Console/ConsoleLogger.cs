using System.Globalization;
using Microsoft.Extensions.Logging;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>Writes the client's log to standard error, a line with time and level for each message.</summary>
internal sealed class ConsoleLogger(CliConsole console, LogLevel minimum) : ILogger<HubClient>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string time = console.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        string line = $"{time} {NameOf(logLevel)}: {Text.Printable(formatter(state, exception))}";
        lock (console.Error)
        {
            console.Error.WriteLine(line);
            console.Error.Flush();
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "info",
        _ => "debug",
    };
}
