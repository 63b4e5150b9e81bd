using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Snug.AI.Tests;

/// <summary>Keeps every line that is logged, at any level.</summary>
internal sealed class CapturingLogger : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    public string All => string.Join('\n', Lines.Select(line => $"{line.Level}: {line.Text}"));

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, formatter(state, exception) + exception));

    public bool Has(LogLevel level, string text) => Lines.Any(line => line.Level == level && line.Text.Contains(text, StringComparison.Ordinal));

    public void Dispose()
    {
    }
}
