using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Snug.Hub;
using Snug.Server;
using Snug.TestKit;
using Snug.Tokenizers;

namespace Snug.Pretrained.Tests;

/// <summary>Lists of tokenizers and models, loaded ahead of their use.</summary>
public sealed class PreloadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "S3-33")]
    public async Task Tokenizers_and_models_are_loaded_and_each_has_its_outcome_and_its_line()
    {
        await using PreloadHub hub = await PreloadHub.StartAsync();
        PreloadItem[] items = [PreloadItem.ModelOf("org/one"), PreloadItem.Tokenizer("org/two"), PreloadItem.ModelOf("org/three")];

        IReadOnlyList<PreloadOutcome> outcomes = await Preload.RunAsync(items, hub.Options(), hub, Cancellation);

        Assert.Equal(items, outcomes.Select(outcome => outcome.Item));
        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded));
        Assert.Equal(3, hub.Lines.Count);
        Assert.Contains(hub.Lines, line => line.StartsWith("Information huggingface: the tokenizer of org/two is loaded, commit ", StringComparison.Ordinal));
        Assert.Contains(hub.Lines, line => line.StartsWith("Information huggingface: the model of org/one is loaded, commit ", StringComparison.Ordinal));

        // Only the cache keeps them: the next load transfers nothing.
        Assert.All(outcomes, outcome => Assert.True(outcome is { Tokenizer: null, Model: null, Source.TransferredBytes: > 0 }));
        hub.Hub.Requests.Clear();
        using PretrainedTokenizer again = await PretrainedTokenizer.FromHubAsync("org/two", hub.Options().Pretrained, Cancellation);
        Assert.Equal(0, hub.Hub.Requests.ResolveCount);
    }

    [Fact]
    [Trait("Requirement", "S3-33")]
    public async Task One_that_fails_does_not_stop_the_others()
    {
        await using PreloadHub hub = await PreloadHub.StartAsync();
        PreloadItem[] items =
        [
            PreloadItem.ModelOf("org/gated"), PreloadItem.Tokenizer("org/damaged"), PreloadItem.Tokenizer("not an id"), PreloadItem.Tokenizer("org/two"),
            PreloadItem.ModelOf("org/one") with { Revision = "v9" },
        ];

        IReadOnlyList<PreloadOutcome> outcomes = await Preload.RunAsync(items, hub.Options(), hub, Cancellation);

        Assert.Equal([false, false, false, true, false], outcomes.Select(outcome => outcome.Succeeded));
        Assert.Equal(HubErrorKind.Gated, Assert.IsType<HubException>(outcomes[0].Failure).Kind);
        Assert.IsType<TokenizerException>(outcomes[1].Failure);
        Assert.Equal(HubErrorKind.InvalidRequest, Assert.IsType<HubException>(outcomes[2].Failure).Kind);
        Assert.Equal(HubErrorKind.RevisionNotFound, Assert.IsType<HubException>(outcomes[4].Failure).Kind);
        Assert.Equal(4, hub.Lines.Count(line => line.StartsWith("Error huggingface: the ", StringComparison.Ordinal)));
        Assert.Contains(hub.Lines, line => line.StartsWith("Error huggingface: the model of org/gated cannot be loaded (gated_repo_error): ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_kept_can_be_used()
    {
        await using PreloadHub hub = await PreloadHub.StartAsync();
        List<string> reported = [];

        IReadOnlyList<PreloadOutcome> outcomes = await Preload.RunAsync(
            [PreloadItem.ModelOf("org/one"), PreloadItem.Tokenizer("org/two")],
            hub.Options() with { KeepLoaded = true, MaxConcurrency = 1, Progress = new Collect(reported) }, hub, Cancellation);

        Assert.Equal(["org/one", "org/two"], reported);
        Assert.NotEmpty(outcomes[0].Model!.Tokenizer.EncodeToIds("hello"));
        Assert.NotEmpty(outcomes[1].Tokenizer!.Tokenizer.EncodeToIds("hello"));
        outcomes[0].Dispose();
        Assert.Throws<ObjectDisposedException>(() => outcomes[0].Model!.Model);
    }

    [Fact]
    [Trait("Requirement", "S3-33")]
    public async Task Items_are_worked_on_at_the_same_time_without_holding_up_the_caller()
    {
        await using PreloadHub hub = await PreloadHub.StartAsync();
        using CountdownEvent both = new(2);
        TaskCompletionSource met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Hub.Faults.Add("*/tokenizer.json", Fault.Custom("meet", async (_, next) =>
        {
            if (both.Signal())
            {
                met.SetResult();
            }

            await met.Task;
            await next();
        }));

        Task<IReadOnlyList<PreloadOutcome>> run = Preload.RunAsync(
            [PreloadItem.Tokenizer("org/one"), PreloadItem.Tokenizer("org/two")], hub.Options() with { MaxConcurrency = 2 }, hub, Cancellation);

        Assert.All(await run, outcome => Assert.True(outcome.Succeeded));
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_throws()
    {
        await using PreloadHub hub = await PreloadHub.StartAsync();
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Hub.Faults.Add("/org/two/*", Fault.Custom("hold", async (context, _) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }));
        using CancellationTokenSource end = new();

        Task<IReadOnlyList<PreloadOutcome>> run = Preload.RunAsync(
            [PreloadItem.Tokenizer("org/one"), PreloadItem.Tokenizer("org/two")], hub.Options() with { KeepLoaded = true }, hub, end.Token);
        await reached.Task.WaitAsync(Cancellation);
        Assert.False(run.IsCompleted);
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private sealed class Collect(List<string> names) : IProgress<PreloadOutcome>
    {
        public void Report(PreloadOutcome value) => names.Add(value.Item.Model);
    }

    private sealed class PreloadHub : IAsyncDisposable, ILogger
    {
        private readonly TemporaryCache _cache = new();

        public required TestHub Hub { get; init; }

        public ConcurrentQueue<string> Lines { get; } = new();

        public static async Task<PreloadHub> StartAsync()
        {
            MemoryRepositorySource source = new();
            (string Path, RepositoryContent Content)[] files = [.. TinyModel.Files().Select(file => (file.Key, RepositoryContent.FromBytes(file.Value)))];
            foreach (string id in (string[])["org/one", "org/two", "org/three"])
            {
                await source.Add(id).CommitAsync(files);
            }

            await source.Add("org/gated", new RepositorySettings { Gate = RepositoryGate.Manual }).CommitAsync(files);
            await source.Add("org/damaged").CommitAsync(("tokenizer.json", RepositoryContent.FromText("{\"model\":")));
            return new PreloadHub { Hub = await TestHub.StartAsync(source, cancellationToken: Cancellation) };
        }

        public PreloadOptions Options() => new()
        {
            Pretrained = new PretrainedModelOptions
            {
                Hub = new HubClientOptions
                {
                    Endpoint = Hub.Endpoint,
                    CacheDirectory = _cache.Root,
                    Offline = false,
                    UseImplicitToken = false,
                    RetryBaseDelay = TimeSpan.FromMilliseconds(5),
                },
                Model = new() { Threads = 1 },
            },
        };

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel} {formatter(state, exception)}");

        public async ValueTask DisposeAsync()
        {
            await Hub.DisposeAsync();
            _cache.Dispose();
        }
    }
}
