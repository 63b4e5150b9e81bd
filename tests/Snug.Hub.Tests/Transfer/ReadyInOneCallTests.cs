using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Getting a model ready from a program: one call, and a logger that is the caller's.</summary>
public sealed class ReadyInOneCallTests : DownloadFixture
{
    [Fact]
    [Trait("Requirement", "S4-10")]
    public async Task One_call_gives_the_path_of_a_model_that_is_fetched_if_needed_or_if_forced()
    {
        CachedSnapshot first = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        int requests = Hub.Requests.ResolveCount;
        CachedSnapshot second = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        Assert.Equal(requests, Hub.Requests.ResolveCount);
        CachedSnapshot forced = await Client.DownloadSnapshotAsync(Id, new DownloadOptions { Force = true }, cancellationToken: Cancellation);

        Assert.Equal(Cache.SnapshotFolder(Id, Commit.Id), first.Directory);
        Assert.Equal((first.Directory, first.Directory), (second.Directory, forced.Directory));
        Assert.Equal((7, 0, 7), (first.TransferredFiles, second.TransferredFiles, forced.TransferredFiles));
        Assert.True(Hub.Requests.ResolveCount > requests);
        Cache.AssertSnapshot(Id, Commit);
    }

    [Fact]
    [Trait("Requirement", "S4-11")]
    public async Task A_logger_of_the_caller_hears_of_beginning_end_retries_and_of_what_is_present()
    {
        CollectingLogger log = new();
        using HubClient client = new(
            new HubClientOptions
            {
                Endpoint = Hub.Endpoint,
                CacheDirectory = Cache.Root,
                Token = AccessToken.Parse("hf_DEMOlogger0000000000000000000000000000000"),
                ReadVariable = _ => null,
                UseDotEnv = false,
                RetryBaseDelay = TimeSpan.FromMilliseconds(1),
            },
            logger: log);
        Hub.Faults.Add("*/api/models/*", Fault.Status(503), times: 1);

        CachedSnapshot snapshot = await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        await client.DownloadSnapshotAsync(Id, new DownloadOptions { Offline = true }, cancellationToken: Cancellation);

        Assert.Contains((LogLevel.Information, "HuggingFace token configured (from option)"), log.Lines);
        Assert.Contains(log.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("503", StringComparison.Ordinal) && line.Text.Contains("try 2 follows", StringComparison.Ordinal));
        Assert.Contains((LogLevel.Information, $"huggingface: downloading {Id} at {Commit.Id}: 7 of 7 files are missing"), log.Lines);
        Assert.Contains((LogLevel.Information, $"huggingface: {Id} at {Commit.Id} is downloaded and verified, 7 files, {snapshot.TransferredBytes} bytes: {snapshot.Directory}"), log.Lines);
        Assert.Equal(2, log.Lines.Count(line => line == (LogLevel.Debug, $"huggingface: {Id} at {Commit.Id} is present, 7 files, nothing to download: {snapshot.Directory}")));
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains("hf_DEMO", StringComparison.Ordinal));
    }

    private sealed class CollectingLogger : ILogger<HubClient>
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, formatter(state, exception)));
    }
}
