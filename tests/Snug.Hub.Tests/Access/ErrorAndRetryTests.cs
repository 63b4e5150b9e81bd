using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>What was asked of errors and of further tries, where no other test shows it alone.</summary>
public sealed class ErrorAndRetryTests(AccessHub hub) : IClassFixture<AccessHub>, IAsyncLifetime
{
    private readonly TemporaryCache _cache = new();
    private TestHub _troubled = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _troubled = await TestHub.StartAsync(new FolderRepositorySource(Checkout.Samples), cancellationToken: Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _troubled.DisposeAsync();
        _cache.Dispose();
    }

    [Fact]
    [Trait("Requirement", "S3-22")]
    public async Task A_token_that_is_refused_and_terms_that_are_not_accepted_have_codes_of_their_own()
    {
        HubException token = await FailAsync(AccessHub.Gated, "unknown");
        HubException terms = await FailAsync(AccessHub.Gated, "bob");

        Assert.Equal((401, HubErrorKind.InvalidToken, "invalid_token", AccessState.TokenInvalid), (token.StatusCode, token.Kind, token.Code, token.Access));
        Assert.Equal((403, HubErrorKind.Gated, "gated_repo_error", AccessState.GatedNotGranted), (terms.StatusCode, terms.Kind, terms.Code, terms.Access));
    }

    [Fact]
    [Trait("Requirement", "S3-31")]
    public async Task A_policy_of_the_caller_decides_what_is_tried_again_how_often_and_after_which_wait()
    {
        ManualTime time = new();
        using HubClient client = Client(OnlyRateLimits, time);
        _troubled.Faults.Add("/api/models/*", Fault.TooManyRequests());

        Task<RepositoryInfo> call = client.GetRepositoryInfoAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        for (int failures = 1; failures <= 3; failures++)
        {
            await WaitingAsync(time);
            Assert.Equal(failures, _troubled.Requests.Count);
            time.Advance(TimeSpan.FromSeconds(5 * failures) - TimeSpan.FromTicks(1));
            Assert.Equal((failures, 1), (_troubled.Requests.Count, time.WaitingTimers));
            time.Advance(TimeSpan.FromTicks(1));
        }

        HubException last = await Assert.ThrowsAsync<HubException>(() => call);
        Assert.Equal((HubErrorKind.RateLimited, 429, 4), (last.Kind, last.StatusCode, last.Attempts));
        Assert.Equal(4, _troubled.Requests.Count);

        _troubled.Faults.Clear();
        _troubled.Faults.Add("/api/models/*", Fault.Status(503));
        HubException other = await Assert.ThrowsAsync<HubException>(() => client.GetRepositoryInfoAsync(AccessHub.Tiny, cancellationToken: Cancellation));
        Assert.Equal((HubErrorKind.ServerError, 1, 5), (other.Kind, other.Attempts, _troubled.Requests.Count));

        static TimeSpan? OnlyRateLimits(HubException failure, int failures) =>
            failure.Kind == HubErrorKind.RateLimited && failures <= 3 ? TimeSpan.FromSeconds(5 * failures) : null;
    }

    [Fact]
    public async Task The_policy_decides_over_content_too()
    {
        List<int> asked = [];
        using HubClient client = Client(
            (failure, failures) =>
            {
                asked.Add(failures);
                return failures < 8 ? TimeSpan.Zero : null;
            },
            TimeProvider.System);
        _troubled.Faults.Add("*/resolve/*", Fault.Status(503));

        HubException last = await Assert.ThrowsAsync<HubException>(
            () => client.DownloadSnapshotAsync(AccessHub.Tiny, new DownloadOptions { Include = ["config.json"] }, cancellationToken: Cancellation));

        Assert.Equal((HubErrorKind.ServerError, 8), (last.Kind, last.Attempts));
        Assert.Equal(Enumerable.Range(1, 8), asked);
    }

    [Theory]
    [Trait("Requirement", "S3-32")]
    [InlineData(AccessHub.Missing, null, HubErrorKind.RepositoryNotFound)]
    [InlineData(AccessHub.Missing, "alice", HubErrorKind.RepositoryNotFound)]
    [InlineData(AccessHub.Tiny, "unknown", HubErrorKind.InvalidToken)]
    [InlineData(AccessHub.Gated, "bob", HubErrorKind.Gated)]
    public async Task What_another_try_would_not_change_is_told_after_one_request(string repository, string? who, HubErrorKind kind)
    {
        using HubClient client = hub.Client(_cache, who, options =>
        {
            options.Endpoint = _troubled.Endpoint;
            options.MaxRetries = 1000;
        });

        HubException e = await Assert.ThrowsAsync<HubException>(() => client.DownloadFileAsync(repository, "config.json", cancellationToken: Cancellation));

        Assert.Equal((kind, 1, 1), (e.Kind, e.Attempts, _troubled.Requests.Count));
    }

    [Fact]
    [Trait("Requirement", "S3-40")]
    public async Task After_429_the_waits_grow_and_the_advice_is_to_wait_longer_to_use_the_cache_and_to_spread_requests()
    {
        ManualTime time = new();
        List<TimeSpan> waits = [];
        using HubClient patient = _troubled.CreateClient(_cache, options => (options.MaxRetries, options.RetryBaseDelay) = (4, TimeSpan.FromSeconds(1)), time);
        _troubled.Faults.Add("/api/models/*", Fault.TooManyRequests());

        Task<RepositoryInfo> call = patient.GetRepositoryInfoAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        for (int failures = 1; failures <= 4; failures++)
        {
            await WaitingAsync(time);
            DateTimeOffset start = time.GetUtcNow();
            while (time.WaitingTimers > 0 && _troubled.Requests.Count == failures)
            {
                time.Advance(TimeSpan.FromMilliseconds(1));
            }

            waits.Add(time.GetUtcNow() - start);
        }

        HubException e = await Assert.ThrowsAsync<HubException>(() => call);
        Assert.Equal((5, 5), (_troubled.Requests.Count, e.Attempts));
        for (int i = 0; i < waits.Count; i++)
        {
            // Doubled each time, and shortened by chance to no less than a half.
            double ceiling = 1000 * Math.Pow(2, i);
            Assert.InRange(waits[i].TotalMilliseconds, ceiling / 2, ceiling + 1);
        }

        string advice = string.Join('\n', e.Advice);
        Assert.All(
            (string[])["wait longer after each failure", "Spread requests over time", "cached files need none", "--offline", "A token raises the limit"],
            words => Assert.Contains(words, advice, StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Requirement", "S3-41")]
    [InlineData("401 Unauthorized")]
    [InlineData("403 Forbidden")]
    [InlineData("404 Not Found")]
    [InlineData("429 Too Many Requests")]
    [InlineData("rate limit")]
    [InlineData("timeout")]
    [InlineData("connection refused")]
    [InlineData("permission denied")]
    public async Task Messages_have_the_words_that_programs_look_for(string words)
    {
        HubException e = words switch
        {
            "401 Unauthorized" => await FailAsync(AccessHub.Tiny, "unknown"),
            "403 Forbidden" => await FailAsync(AccessHub.Gated, "bob"),
            "404 Not Found" => await FailAsync(AccessHub.Missing, "bob"),
            "429 Too Many Requests" or "rate limit" => await TroubleAsync(Fault.TooManyRequests()),
            "timeout" => await TroubleAsync(Fault.StallHeaders()),
            "connection refused" => await FailAsync(AccessHub.Tiny, null, options => options.Endpoint = new Uri("http://127.0.0.1:1")),
            _ => StorageErrors.From(new UnauthorizedAccessException("Access to the path '/data/hub' is denied."), "/data/hub", AccessHub.Tiny),
        };

        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.NotEqual("invalid_request", e.Code);
    }

    /// <summary>Waits for the client to come to its delay.</summary>
    private static async Task WaitingAsync(ManualTime time)
    {
        while (time.WaitingTimers == 0)
        {
            await Task.Delay(1, Cancellation);
        }
    }

    private HubClient Client(Func<HubException, int, TimeSpan?> policy, TimeProvider time) =>
        _troubled.CreateClient(_cache, options => options.RetryDelay = policy, time);

    private async Task<HubException> TroubleAsync(Fault fault)
    {
        _troubled.Faults.Add("*", fault);
        return await FailAsync(AccessHub.Tiny, null, options =>
        {
            options.Endpoint = _troubled.Endpoint;
            options.MaxRetries = 0;
            options.ConnectTimeout = TimeSpan.FromSeconds(1);
            options.HeaderTimeout = TimeSpan.FromMilliseconds(200);
        });
    }

    private async Task<HubException> FailAsync(string repository, string? who, Action<HubClientOptions>? configure = null)
    {
        using HubClient client = hub.Client(_cache, who, configure);
        return await Assert.ThrowsAsync<HubException>(() => client.DownloadFileAsync(repository, "config.json", cancellationToken: Cancellation));
    }
}
