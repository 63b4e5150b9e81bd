using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Whether the Hub can be reached, as whom, and what the clocks say.</summary>
public sealed class ConnectionTests(AccessHub hub) : IClassFixture<AccessHub>, IDisposable
{
    private readonly TemporaryCache _cache = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData("alice", "alice", "alice-read", AccessTokenRole.Read)]
    [InlineData("alice-fine", "alice", "alice-fine", AccessTokenRole.FineGrained)]
    [InlineData(null, null, null, null)]
    public async Task The_account_and_the_tokens_role_are_told(string? who, string? account, string? name, AccessTokenRole? role)
    {
        using HubClient client = hub.Client(_cache, who);

        ConnectionReport report = await client.CheckConnectionAsync(Cancellation);

        Assert.Equal((true, null), (report.IsReachable, report.ErrorKind));
        Assert.Equal((account, name, role), (report.Identity?.Name, report.Identity?.Token.Name, report.Identity?.Token.Role));
        Assert.NotNull(report.RoundTrip);
    }

    [Theory]
    [InlineData("unknown", AccessState.TokenInvalid)]
    [InlineData("alice-expired", AccessState.TokenExpired)]
    public async Task A_refused_token_is_told_apart_from_an_expired_one(string who, AccessState problem)
    {
        using HubClient client = hub.Client(_cache, who);

        ConnectionReport report = await client.CheckConnectionAsync(Cancellation);

        Assert.Equal((true, problem, HubErrorKind.InvalidToken), (report.IsReachable, report.TokenProblem, report.ErrorKind));
        Assert.NotEmpty(report.Advice);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_shows()
    {
        ManualTime time = new(TimeProvider.System.GetUtcNow().AddHours(2));
        using HubClient client = hub.Hub.CreateClient(_cache, timeProvider: time);

        ConnectionReport report = await client.CheckConnectionAsync(Cancellation);

        Assert.Equal(2, report.ClockSkew!.Value.TotalHours, tolerance: 0.1);
    }

    [Theory]
    [InlineData(404, true, null)]
    [InlineData(501, true, null)]
    [InlineData(503, true, HubErrorKind.ServerError)]
    [InlineData(429, true, HubErrorKind.RateLimited)]
    [InlineData(407, false, HubErrorKind.InvalidRequest)]
    public async Task Any_answer_but_a_proxys_is_a_hub_that_is_there(int status, bool isReachable, HubErrorKind? kind)
    {
        await using TestHub other = await TestHub.StartAsync(new MemoryRepositorySource(), cancellationToken: Cancellation);
        other.Faults.Add("*", Fault.Custom("other", (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }));
        using HubClient client = other.CreateClient(_cache, options => options.MaxRetries = 0);

        ConnectionReport report = await client.CheckConnectionAsync(Cancellation);

        Assert.Equal((isReachable, kind), (report.IsReachable, report.ErrorKind));
    }

    [Fact]
    public async Task An_answer_that_is_no_json_is_an_answer()
    {
        await using TestHub other = await TestHub.StartAsync(new MemoryRepositorySource(), cancellationToken: Cancellation);
        other.Faults.Add("*", Fault.Custom("login page", (context, _) => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "<html>", Cancellation)));
        using HubClient client = other.CreateClient(_cache);

        ConnectionReport report = await client.CheckConnectionAsync(Cancellation);

        Assert.Equal((true, null), (report.IsReachable, report.Identity));
    }

    [Theory]
    [InlineData(false, HubErrorKind.Network)]
    [InlineData(true, HubErrorKind.Offline)]
    public async Task Nobody_there_and_nobody_asked(bool offline, HubErrorKind kind)
    {
        using HubClient client = hub.Client(_cache, null, options =>
        {
            options.Endpoint = new Uri("http://127.0.0.1:1");
            options.Offline = offline;
        });

        ConnectionReport report = await client.CheckConnectionAsync(Cancellation);

        Assert.Equal((false, kind, null), (report.IsReachable, report.ErrorKind, report.ClockSkew));
    }
}
