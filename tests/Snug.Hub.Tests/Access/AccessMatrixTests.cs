using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Every caller before every kind of repository: state, first sentence, code and first advice.</summary>
public sealed class AccessMatrixTests(AccessHub hub) : IClassFixture<AccessHub>, IDisposable
{
    private readonly TemporaryCache _cache = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    public static TheoryData<string, string?, AccessState, string> Matrix()
    {
        TheoryData<string, string?, AccessState, string> rows = [];
        string[] valid = ["alice", "alice-fine", "alice-fine-gated", "alice-fine-scoped", "bob", "carol", "dave", "erin"];
        foreach (string? who in (string?[])[null, .. valid])
        {
            rows.Add(AccessHub.Tiny, who, AccessState.Public, "snug/tiny-model is public: no authentication required.");
            rows.Add(AccessHub.OldName, who, AccessState.Public, "snug/old-name is public: no authentication required.");
            rows.Add(AccessHub.Disabled, who, AccessState.Disabled, "snug/disabled-model has been disabled (403 Forbidden");
            rows.Add(AccessHub.Missing, who, AccessState.NotFound, "snug/nothing-here does not exist, or it is private and hidden from you (40");
        }

        Dictionary<string, AccessState> gated = new(StringComparer.Ordinal)
        {
            ["alice"] = AccessState.GatedGranted,
            ["alice-fine"] = AccessState.TokenLacksGatedPermission,
            ["alice-fine-gated"] = AccessState.GatedGranted,
            ["alice-fine-scoped"] = AccessState.TokenLacksGatedPermission,
            ["bob"] = AccessState.GatedNotGranted,
            ["carol"] = AccessState.GatedGranted,
            ["dave"] = AccessState.GatedNotGranted,
            ["erin"] = AccessState.GatedNotGranted,
        };
        foreach (string repository in (string[])[AccessHub.Gated, AccessHub.Manual])
        {
            rows.Add(repository, null, AccessState.GatedNoToken, $"{repository} is gated and you have no access to it: no token was sent (401 Unauthorized");
            foreach ((string who, AccessState state) in gated)
            {
                AccessState expected = (repository, who) switch
                {
                    (AccessHub.Manual, "dave") => AccessState.GatedAwaitingReview,
                    (AccessHub.Manual, "erin") => AccessState.GatedRejected,
                    _ => state,
                };
                rows.Add(repository, who, expected, expected switch
                {
                    AccessState.GatedGranted => $"{repository} is gated, and you have access to it.",
                    AccessState.GatedNotGranted =>
                        $"{repository} is gated and you have no access to it: the account of your token has not accepted its terms or asked for access (403 Forbidden",
                    AccessState.GatedAwaitingReview => $"{repository} is gated and you have no access to it: your request awaits the review of its authors (403 Forbidden",
                    AccessState.GatedRejected => $"{repository} is gated and you have no access to it: its authors rejected your request (403 Forbidden",
                    _ => $"{repository} is gated and your fine-grained token lacks the permission to read gated repositories (403 Forbidden",
                });
            }
        }

        string[] members = ["alice", "alice-fine-scoped", "carol"];
        foreach (string? who in (string?[])[null, .. valid])
        {
            bool sees = who is not null && members.Contains(who, StringComparer.Ordinal);
            rows.Add(AccessHub.Private, who, sees ? AccessState.PrivateGranted : AccessState.NotFound, sees
                ? "snug/private-model is private, and you may read it."
                : "snug/private-model does not exist, or it is private and hidden from you (40");
        }

        foreach (string repository in (string[])[AccessHub.Tiny, AccessHub.Gated, AccessHub.Manual, AccessHub.Private, AccessHub.Disabled, AccessHub.Missing])
        {
            rows.Add(repository, "unknown", AccessState.TokenInvalid, $"The token was not accepted while checking access to {repository} at main: it is not valid (401 Unauthorized");
            rows.Add(repository, "alice-expired", AccessState.TokenExpired, $"The token was not accepted while checking access to {repository} at main: it has expired (401 Unauthorized");
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Each_caller_and_repository_has_its_state_sentence_and_advice(string repository, string? who, AccessState state, string sentence)
    {
        using HubClient client = hub.Client(_cache, who);

        AccessReport report = await client.CheckAccessAsync(repository, cancellationToken: Cancellation);

        Assert.Equal(state, report.State);
        Assert.StartsWith(sentence, report.Message, StringComparison.Ordinal);
        Assert.Equal(repository, report.Repository.ToString());
        Assert.Equal(
            state switch
            {
                AccessState.Public or AccessState.GatedGranted or AccessState.PrivateGranted => null,
                AccessState.GatedNoToken or AccessState.GatedNotGranted or AccessState.GatedAwaitingReview or AccessState.GatedRejected => "gated_repo_error",
                AccessState.TokenLacksGatedPermission => "forbidden",
                AccessState.TokenInvalid or AccessState.TokenExpired => "invalid_token",
                AccessState.Disabled => "repository_disabled",
                _ => "repository_not_found",
            },
            report.Code);
        string page = new Uri(hub.Hub.Endpoint, repository).AbsoluteUri;
        string tokens = new Uri(hub.Hub.Endpoint, "settings/tokens").AbsoluteUri;
        string? first = report.Advice.Count > 0 ? report.Advice[0] : null;
        switch (state)
        {
            case AccessState.GatedNoToken:
                Assert.StartsWith($"Open {page}, log in and accept the terms", first, StringComparison.Ordinal);
                Assert.Contains(tokens, report.Advice[1], StringComparison.Ordinal);
                Assert.Equal("Run the same command again.", report.Advice[2]);
                break;
            case AccessState.GatedNotGranted:
                Assert.StartsWith($"Open {page} with the account of your token (from option) and accept the terms", first, StringComparison.Ordinal);
                break;
            case AccessState.GatedAwaitingReview:
                Assert.StartsWith("Wait for the authors' decision; " + page, first, StringComparison.Ordinal);
                break;
            case AccessState.GatedRejected:
                Assert.StartsWith($"Open {page}: its discussions", first, StringComparison.Ordinal);
                break;
            case AccessState.TokenLacksGatedPermission:
                Assert.StartsWith($"Open {tokens}, edit the token (from option)", first, StringComparison.Ordinal);
                break;
            case AccessState.TokenInvalid or AccessState.TokenExpired:
                Assert.StartsWith($"Get a new token with read permission at {tokens}", first, StringComparison.Ordinal);
                Assert.Equal(["Run 'snug logout'.", "Run 'snug login'.", "Paste the new token and press Enter."], report.Advice.Skip(1).Take(3));
                break;
            case AccessState.NotFound:
                Assert.Contains("namespace/name", first, StringComparison.Ordinal);
                Assert.Contains(page, report.Advice[1], StringComparison.Ordinal);
                break;
            case AccessState.Disabled:
                Assert.Contains(page, first, StringComparison.Ordinal);
                break;
            default:
                Assert.True(report.IsReadable);
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task The_report_tells_what_a_download_then_does(string repository, string? who, AccessState state, string sentence)
    {
        using HubClient client = hub.Client(_cache, who);
        AccessReport report = await client.CheckAccessAsync(repository, cancellationToken: Cancellation);

        HubException? failure = await Record.ExceptionAsync(() => client.DownloadFileAsync(repository, "config.json", cancellationToken: Cancellation)) as HubException;

        Assert.Equal(report.IsReadable, failure is null);
        Assert.Equal(report.ErrorKind, failure?.Kind);
        Assert.Equal(report.IsReadable ? null : state, failure?.Access);
        if (state is not (AccessState.TokenInvalid or AccessState.TokenExpired or AccessState.TokenForbidden) && failure is not null)
        {
            Assert.StartsWith(sentence, failure.Message, StringComparison.Ordinal);
        }

        HubException? thrown = Record.Exception(report.EnsureReadable) as HubException;
        Assert.Equal((report.Code, report.ErrorKind is null ? null : report.Message), (thrown?.Code, thrown?.Message));
        Assert.Equal(report.Advice.Count > 0 && !report.IsReadable, thrown is { Advice.Count: > 0 });
        Assert.DoesNotContain("hf_DEMO", report + string.Join('\n', report.Advice), StringComparison.Ordinal);
    }
}
