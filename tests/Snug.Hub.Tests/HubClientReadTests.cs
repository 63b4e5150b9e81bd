using Snug.Server;

namespace Snug.Hub.Tests;

/// <summary>The read API against the mirror over real HTTP, with the demonstration repositories.</summary>
public sealed class HubClientReadTests : IAsyncLifetime
{
    private static readonly string Root = typeof(HubClientReadTests).Assembly
        .GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
        .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private HubServer _server = null!;
    private HubClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await HubServer.StartAsync(
            new HubServerOptions { Source = new FolderRepositorySource(Path.Join(Root, "samples", "repositories")) }, Cancellation);
        _client = Client(token: null);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_listing_and_a_lookup_agree_on_every_file()
    {
        List<RepositoryFile> listed = [];
        await foreach (RepositoryFile file in _client.ListFilesAsync("snug/tiny-model", cancellationToken: Cancellation))
        {
            listed.Add(file);
        }

        IReadOnlyList<RepositoryFile> looked =
            await _client.GetPathsInfoAsync("snug/tiny-model", [.. listed.Select(f => f.Path)], cancellationToken: Cancellation);

        Assert.Contains(listed, f => f.IsLfs);
        Assert.Equal(listed.OrderBy(f => f.Path, StringComparer.Ordinal), looked.OrderBy(f => f.Path, StringComparer.Ordinal));
    }

    [Fact]
    public async Task File_metadata_names_the_blob_that_the_listing_names()
    {
        RepositoryInfo info = await _client.GetRepositoryInfoAsync("snug/tiny-model", cancellationToken: Cancellation);
        await foreach (RepositoryFile file in _client.ListFilesAsync("snug/tiny-model", info.Commit, cancellationToken: Cancellation))
        {
            FileMetadata metadata = await _client.GetFileMetadataAsync("snug/tiny-model", file.Path, cancellationToken: Cancellation);

            Assert.Equal((info.Commit, file.Etag, file.Size), (metadata.Commit, metadata.Etag, metadata.Size));
            Assert.Equal(file.IsLfs ? _server.StorageEndpoint!.Port : _server.Endpoint.Port, metadata.Location.Port);
        }
    }

    [Fact]
    public async Task A_tag_a_short_commit_and_a_renamed_repository_resolve()
    {
        RepositoryRefs refs = await _client.GetRefsAsync("snug/tiny-model", Cancellation);
        RepositoryRef tag = Assert.Single(refs.Tags, t => t.Name == "v1");

        RepositoryInfo byTag = await _client.GetRepositoryInfoAsync("snug/tiny-model", "v1", Cancellation);
        RepositoryInfo byShort = await _client.GetRepositoryInfoAsync("snug/tiny-model", tag.Commit[..8], Cancellation);
        RepositoryInfo renamed = await _client.GetRepositoryInfoAsync("snug/old-name", "v1", Cancellation);

        Assert.Equal(tag.Commit, byTag.Commit);
        Assert.Equal(tag.Commit, byShort.Commit);
        Assert.Equal(tag.Commit, renamed.Commit);
        Assert.Equal("snug/tiny-model", renamed.Repository.ToString());
    }

    [Fact]
    public async Task A_missing_repository_says_that_it_may_be_private()
    {
        HubException e = await Assert.ThrowsAsync<HubException>(
            () => _client.GetRepositoryInfoAsync("snug/nothing-here", cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.RepositoryNotFound, e.Kind);
        Assert.Contains("private", e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.RequestId);
    }

    [Fact]
    public async Task A_missing_revision_and_a_missing_file_are_told_apart()
    {
        HubException revision = await Assert.ThrowsAsync<HubException>(
            () => _client.GetRepositoryInfoAsync("snug/tiny-model", "no-such-branch", Cancellation));
        HubException file = await Assert.ThrowsAsync<HubException>(
            () => _client.GetFileMetadataAsync("snug/tiny-model", "no-such-file", cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.RevisionNotFound, revision.Kind);
        Assert.Equal(HubErrorKind.EntryNotFound, file.Kind);
        Assert.Equal("no-such-file", file.File);
    }

    [Fact]
    public async Task A_gated_file_names_the_repository_page_in_its_advice()
    {
        HubException e = await Assert.ThrowsAsync<HubException>(
            () => _client.GetFileMetadataAsync("snug/gated-model", "README.md", cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.Gated, e.Kind);
        Assert.Equal("gated_repo_error", e.Code);
        Assert.Contains("/snug/gated-model", e.Advice[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_accepted_is_an_invalid_token_and_stays_out_of_the_message()
    {
        const string Wrong = "hf_NOTATOKENNOTATOKENNOTATOKENNOTATOKEN";
        using HubClient client = Client(Wrong);

        HubException e = await Assert.ThrowsAsync<HubException>(
            () => client.GetRepositoryInfoAsync("snug/tiny-model", cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.InvalidToken, e.Kind);
        Assert.DoesNotContain(Wrong, e.ToString(), StringComparison.Ordinal);
        Assert.All(e.Advice, a => Assert.DoesNotContain(Wrong, a, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Offline_mode_sends_nothing()
    {
        using HubClient client = new(new HubClientOptions { Endpoint = new Uri("http://127.0.0.1:1"), Offline = true, UseImplicitToken = false });

        HubException e = await Assert.ThrowsAsync<HubException>(() => client.GetRepositoryInfoAsync("gpt2", cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.Offline, e.Kind);
    }

    [Fact]
    public async Task A_refused_connection_is_a_network_error_after_its_retries()
    {
        using HubClient client = new(new HubClientOptions
        {
            Endpoint = new Uri("http://127.0.0.1:1"), Offline = false, UseImplicitToken = false, MaxRetries = 1,
            RetryBaseDelay = TimeSpan.FromMilliseconds(1),
        });

        HubException e = await Assert.ThrowsAsync<HubException>(() => client.GetRepositoryInfoAsync("gpt2", cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.Network, e.Kind);
        Assert.Contains("connection refused", e.Message, StringComparison.Ordinal);
    }

    private HubClient Client(string? token) => new(new HubClientOptions
    {
        Endpoint = _server.Endpoint,
        Offline = false,
        UseImplicitToken = false,
        Token = token is null ? null : AccessToken.Parse(token),
    });
}
