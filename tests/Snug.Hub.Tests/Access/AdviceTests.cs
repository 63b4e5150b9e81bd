using System.Globalization;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>The words that people act on, and that programs of others match: they are part of what is promised.</summary>
public sealed class AdviceTests(AccessHub hub) : IClassFixture<AccessHub>, IDisposable
{
    private readonly TemporaryCache _cache = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    [Fact]
    [Trait("Requirement", "S3-34")]
    public async Task An_invalid_token_401_says_where_to_check_it_what_it_must_allow_and_where_it_is_set()
    {
        HubException e = await FailAsync(AccessHub.Tiny, "unknown");

        Assert.Contains("401 Unauthorized", e.Message, StringComparison.Ordinal);
        AssertAdvice(e.Advice, "/settings/tokens", "read permission", "(from option)", "snug logout", "snug login");
    }

    [Fact]
    [Trait("Requirement", "S3-35")]
    public async Task A_gate_403_says_visit_accept_wait_and_that_a_token_is_needed()
    {
        HubException e = await FailAsync(AccessHub.Gated, "bob");

        Assert.Contains("403 Forbidden", e.Message, StringComparison.Ordinal);
        Assert.Contains(AccessHub.Gated, e.Message, StringComparison.Ordinal);
        AssertAdvice(e.Advice, "/" + AccessHub.Gated, "accept the terms", "set HF_TOKEN", "/settings/tokens", "Wait some minutes");
    }

    [Fact]
    [Trait("Requirement", "S3-21")]
    public async Task A_gate_401_says_accept_get_a_token_start_again_in_this_order()
    {
        HubException e = await FailAsync(AccessHub.Gated, null);

        Assert.Contains("401 Unauthorized", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, e.Advice.Count);
        Assert.Contains("accept the terms", e.Advice[0], StringComparison.Ordinal);
        Assert.Contains("/settings/tokens", e.Advice[1], StringComparison.Ordinal);
        Assert.Contains("HF_TOKEN", e.Advice[1], StringComparison.Ordinal);
        Assert.Equal("Run the same command again.", e.Advice[2]);
    }

    [Theory]
    [Trait("Requirement", "S3-39")]
    [InlineData(null, "401 Unauthorized", "If it is private: Get a token")]
    [InlineData("bob", "404 Not Found", "If it is private, the account of your token (from option) must be a member")]
    public async Task A_404_asks_for_existence_form_and_privacy(string? who, string status, string ifPrivate)
    {
        HubException e = await FailAsync(AccessHub.Missing, who);

        Assert.Contains(status, e.Message, StringComparison.Ordinal);
        AssertAdvice(e.Advice, "namespace/name", "it does not exist", ifPrivate);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("alice", false)]
    public async Task A_429_offers_a_token_only_to_who_has_none(string? who, bool offered)
    {
        await using TestHub busy = await TestHub.StartAsync(
            new FolderRepositorySource(Checkout.Samples), configure: options => options with { ApiQuota = 0, ResolveQuota = 0 }, cancellationToken: Cancellation);
        using HubClient client = hub.Client(_cache, who, options =>
        {
            options.Endpoint = busy.Endpoint;
            options.MaxRetryDelay = TimeSpan.Zero;
        });

        HubException e = await Assert.ThrowsAsync<HubException>(() => client.GetRepositoryInfoAsync(AccessHub.Tiny, cancellationToken: Cancellation));

        using HubClient fresh = hub.Client(_cache, who, options =>
        {
            options.Endpoint = busy.Endpoint;
            options.MaxRetryDelay = TimeSpan.Zero;
        });
        AccessReport report = await fresh.CheckAccessAsync(AccessHub.Tiny, cancellationToken: Cancellation);

        Assert.Equal((AccessState.RateLimited, HubErrorKind.RateLimited), (report.State, e.Kind));
        foreach (IReadOnlyList<string> advice in (IReadOnlyList<string>[])[e.Advice, report.Advice])
        {
            Assert.Equal(offered, advice.Any(a => a.Contains("A token raises the limit", StringComparison.Ordinal)));
            Assert.Equal(offered, advice.Any(a => a.Contains("HF_TOKEN", StringComparison.Ordinal)));
            AssertAdvice(advice, "again in", "Spread requests", "--offline");
        }

        Assert.Contains("429 Too Many Requests", e.Message, StringComparison.Ordinal);
        Assert.Contains("rate limit", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Math.Ceiling(e.RetryAfter!.Value.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s", e.Advice[0], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S3-36")]
    public async Task A_time_out_says_timeout_and_which_and_offers_a_longer_one()
    {
        await using TestHub slow = await TestHub.StartAsync(new FolderRepositorySource(Checkout.Samples), cancellationToken: Cancellation);
        slow.Faults.Add("*", Fault.StallHeaders());
        using HubClient client = hub.Client(_cache, null, options =>
        {
            options.Endpoint = slow.Endpoint;
            options.MaxRetries = 0;
            options.HeaderTimeout = TimeSpan.FromMilliseconds(200);
            options.ConnectTimeout = TimeSpan.FromSeconds(1);
        });

        HubException e = await Assert.ThrowsAsync<HubException>(() => client.GetRepositoryInfoAsync(AccessHub.Tiny, cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.Timeout, e.Kind);
        Assert.Contains("The header timeout of 0.2 s ran out", e.Message, StringComparison.Ordinal);
        AssertAdvice(e.Advice, "network connection", "HTTPS_PROXY", "raise HF_HUB_ETAG_TIMEOUT and HF_HUB_DOWNLOAD_TIMEOUT");
    }

    private async Task<HubException> FailAsync(string repository, string? who)
    {
        using HubClient client = hub.Client(_cache, who);
        return await Assert.ThrowsAsync<HubException>(() => client.DownloadFileAsync(repository, "config.json", cancellationToken: Cancellation));
    }

    private static void AssertAdvice(IReadOnlyList<string> advice, params string[] words)
    {
        string text = string.Join('\n', advice);
        Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
    }
}
