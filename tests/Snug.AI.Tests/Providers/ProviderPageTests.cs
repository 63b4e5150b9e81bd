namespace Snug.AI.Tests;

/// <summary><c>docs/providers.md</c> and the code name the same things.</summary>
public sealed class ProviderPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Join(TestPaths.RepositoryRoot, "docs", "providers.md"));

    [Fact]
    public void Every_provider_is_on_the_page_with_its_address()
    {
        Assert.All(new LlmProviderFactory().Names, name => Assert.Contains($"| `{name}` |", Page, StringComparison.Ordinal));
        Assert.All(
            OpenAICompatibleServer.All.Where(server => server.BaseAddress is not null),
            server => Assert.Contains($"`{server.BaseAddress!.OriginalString}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_kind_of_error_is_on_the_page_with_its_code() =>
        Assert.All(
            Enum.GetValues<ChatProviderErrorKind>(),
            kind => Assert.Contains($"| `{kind}` | `{ChatProviderException.CodeOf(kind)}` |", Page, StringComparison.Ordinal));

    [Fact]
    public void Every_limit_of_time_is_on_the_page() =>
        Assert.All(Enum.GetNames<ChatProviderTimeout>(), name => Assert.Contains($"| `{name}`", Page, StringComparison.Ordinal));

    [Fact]
    public void The_page_that_errors_lead_to_is_there()
    {
        string link = new ChatProviderException(ChatProviderErrorKind.Network, "x").HelpLink!;

        Assert.Equal("docs/providers.md#errors", link);
        Assert.Contains("\n## Errors\n", Page, StringComparison.Ordinal);
    }
}
