using Microsoft.AspNetCore.Http;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Whom a token stands for.</summary>
public sealed class WhoAmITests : IAsyncLifetime
{
    private readonly TemporaryCache _cache = new();
    private TestHub _hub = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _hub = await TestHub.StartAsync(new FolderRepositorySource(Checkout.Samples), cancellationToken: Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _cache.Dispose();
    }

    [Fact]
    public async Task The_account_its_organizations_and_the_role_of_the_token_are_told()
    {
        HubIdentity identity = await AskAsync("hf_DEMOcarolWRITE0000000000000000000000000000");

        Assert.Equal(("carol", "Carol Demo", "user"), (identity.Name, identity.FullName, identity.Kind));
        Assert.Equal("snug", Assert.Single(identity.Organizations).Name);
        Assert.Equal(("carol-write", AccessTokenRole.Write, false), (identity.Token.Name, identity.Token.Role, identity.Token.LacksGatedPermission));
        Assert.NotNull(identity.Token.CreatedAt);
        Assert.Null(identity.Token.ExpiresAt);
    }

    [Theory]
    [InlineData("hf_DEMOaliceFINE00000000000000000000000000000", true)]
    [InlineData("hf_DEMOaliceFINEGATED000000000000000000000000", false)]
    [InlineData("hf_DEMOaliceREAD00000000000000000000000000000", false)]
    public async Task A_fine_grained_token_without_the_gated_permission_is_told_from_others(string token, bool lacks) =>
        Assert.Equal(lacks, (await AskAsync(token)).Token.LacksGatedPermission);

    [Fact]
    public async Task The_scopes_of_a_fine_grained_token_are_told()
    {
        AccessTokenInfo token = (await AskAsync("hf_DEMOaliceFINESCOPED00000000000000000000000")).Token;

        AccessTokenScope scope = Assert.Single(token.Scopes);
        Assert.Equal(("model", "snug/private-model"), (scope.EntityType, scope.Entity));
        Assert.Equal(["repo.content.read"], scope.Permissions);
    }

    [Fact]
    public async Task The_expiry_of_a_token_is_told_when_the_hub_knows_it()
    {
        Answer("""{"type":"user","id":"1","name":"zoe","fullname":"","avatarUrl":"","isPro":true,"orgs":[],"auth":{"type":"access_token","expiresAt":"2031-02-03T04:05:06.000Z","accessToken":{"displayName":"t","role":"god","createdAt":"2025-01-01T00:00:00.000Z"}}}""");

        HubIdentity identity = await AskAsync(IdentityFixture.TokenA);

        Assert.Equal(new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero), identity.Token.ExpiresAt);
        Assert.Equal(("zoe", true, AccessTokenRole.Other), (identity.FullName, identity.IsPro, identity.Token.Role));
    }

    [Fact]
    public async Task An_oauth_token_has_no_name_and_no_role()
    {
        Answer("""{"type":"user","id":"1","name":"zoe","fullname":"Zoe","avatarUrl":"","isPro":false,"orgs":[],"auth":{"type":"oauth","resource":{"sub":"x"}}}""");

        AccessTokenInfo token = (await AskAsync(IdentityFixture.TokenA)).Token;

        Assert.Equal(("oauth", null, AccessTokenRole.Other), (token.Kind, token.Name, token.Role));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"name":7}""")]
    public async Task An_answer_that_names_no_account_is_refused(string body)
    {
        Answer(body);

        HubException e = await Assert.ThrowsAsync<HubException>(() => AskAsync(IdentityFixture.TokenA));

        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
    }

    [Theory]
    [InlineData("hf_DEMOaliceEXPIRED00000000000000000000000000", "expired")]
    [InlineData(IdentityFixture.TokenA, "Invalid credentials")]
    public async Task A_token_that_does_not_work_is_refused_for_its_reason_and_not_shown(string token, string reason)
    {
        HubException e = await Assert.ThrowsAsync<HubException>(() => AskAsync(token));

        Assert.Equal((HubErrorKind.InvalidToken, 401), (e.Kind, e.StatusCode));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, e + string.Concat(e.Advice), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_asked()
    {
        using HubClient client = _hub.CreateClient(_cache);

        HubException e = await Assert.ThrowsAsync<HubException>(() => client.WhoAmIAsync(Cancellation));

        Assert.Equal(HubErrorKind.TokenRequired, e.Kind);
        Assert.Empty(_hub.Requests.Snapshot());
    }

    private async Task<HubIdentity> AskAsync(string token)
    {
        using HubClient client = _hub.CreateClient(_cache, options => options.Token = AccessToken.Parse(token));
        return await client.WhoAmIAsync(Cancellation);
    }

    private void Answer(string body) => _hub.Faults.Add("/api/whoami-v2", Fault.Custom("answer", (context, _) =>
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }));
}
