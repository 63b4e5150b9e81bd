using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Snug.Hosting.Tests;

/// <summary>Keeps what an application logs.</summary>
internal sealed class LogCollector : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, LogLevel Level, string Text)> _lines = new();

    /// <summary>All lines with their exceptions, for searches.</summary>
    public string Text => string.Join('\n', _lines.Select(line => $"{line.Level} {line.Category}: {line.Text}"));

    /// <summary>The lines of Snug at or above a level.</summary>
    public string[] Of(LogLevel level) =>
        [.. _lines.Where(line => line.Level >= level && line.Category.StartsWith("Snug.", StringComparison.Ordinal)).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogCollector collector, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            collector._lines.Enqueue((category, logLevel, exception is null ? formatter(state, exception) : $"{formatter(state, exception)}\n{exception}"));
    }
}
