using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>A token goes to the endpoint that it is meant for, and nowhere else.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private const string Token = "hf_DEMOaliceREAD00000000000000000000000000000";
    private const string Gated = "snug/gated-model";

    private readonly TemporaryCache _cache = new();
    private TestHub _hub = null!;
    private TestHub _other = null!;
    private HubClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync(new FolderRepositorySource(Checkout.Samples), cancellationToken: Cancellation);
        _other = await TestHub.StartAsync(new FolderRepositorySource(Checkout.Samples), cancellationToken: Cancellation);
        _client = _hub.CreateClient(_cache, options => options.Token = AccessToken.Parse(Token));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _hub.DisposeAsync();
        await _other.DisposeAsync();
        _cache.Dispose();
    }

    [Fact]
    public async Task The_endpoint_sees_the_token_and_the_storage_does_not()
    {
        await _client.DownloadSnapshotAsync(Gated, cancellationToken: Cancellation);

        RequestRecord[] requests = _hub.Requests.Snapshot();
        Assert.Contains(requests, r => r.Listener == HubListener.Storage);
        Assert.All(requests, r => Assert.Equal(r.Listener == HubListener.Endpoint, r.HasAuthorization));
        Assert.DoesNotContain(requests, r => r.Listener == HubListener.Storage && r.HasToken);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task Another_host_that_the_endpoint_redirects_content_to_does_not_see_the_token(int status)
    {
        _hub.Faults.Add("*/resolve/*/config.json", Fault.Custom("elsewhere", (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = new Uri(_other.Endpoint, "/snug/tiny-model/resolve/main/config.json").AbsoluteUri;
            return Task.CompletedTask;
        }));

        // The other host's file is another one, so the download fails; what matters is what that host was sent.
        HubException e = await Assert.ThrowsAsync<HubException>(() => _client.DownloadSnapshotAsync(Gated, cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.Corrupted, e.Kind);
        Assert.NotEmpty(_other.Requests.Snapshot());
        Assert.DoesNotContain(_other.Requests.Snapshot(), r => r.HasAuthorization || r.HasToken);
        Assert.DoesNotContain(Token, e.ToString(), StringComparison.Ordinal);
        _cache.AssertWhole();
    }

    [Theory]
    [InlineData("/api/models/*/revision/*")]
    [InlineData("/api/models/*/tree/*")]
    public async Task An_answer_of_the_api_that_leads_elsewhere_is_refused_without_a_request(string path)
    {
        _hub.Faults.Add(path, Fault.RedirectTo(new Uri(_other.Endpoint, "/api/models/snug/tiny-model").AbsoluteUri));

        HubException e = await Assert.ThrowsAsync<HubException>(() => _client.DownloadSnapshotAsync(Gated, cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
        Assert.Empty(_other.Requests.Snapshot());
    }

    [Fact]
    public async Task A_listing_whose_next_page_is_elsewhere_is_refused_without_a_request()
    {
        _hub.Faults.Add("/api/models/*/tree/*", Fault.Header("Link", $"<{new Uri(_other.Endpoint, "/api/models/snug/tiny-model/tree/main")}>; rel=\"next\""));

        HubException e = await Assert.ThrowsAsync<HubException>(() => _client.DownloadSnapshotAsync(Gated, cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
        Assert.Empty(_other.Requests.Snapshot());
    }

    [Fact]
    public async Task Without_access_the_refusal_says_so_and_nothing_is_in_the_cache()
    {
        using HubClient anonymous = _hub.CreateClient(_cache);

        HubException e = await Assert.ThrowsAsync<HubException>(() => anonymous.DownloadSnapshotAsync(Gated, cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.Gated, e.Kind);
        Assert.Contains(e.Advice, advice => advice.Contains("/" + Gated, StringComparison.Ordinal));
        Assert.Empty(_cache.PartialFiles());
        _cache.AssertWhole();
    }
}
