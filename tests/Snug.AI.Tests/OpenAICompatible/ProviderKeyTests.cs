using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Where the key goes, and where it does not.</summary>
public sealed class ProviderKeyTests
{
    private const string Secret = "sk-test-0123456789abcdef";

    private static readonly ScriptedServer.Script Fine = ScriptedServer.Json(Replies.Answer("""{"role":"assistant","content":"ok"}"""));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_key_is_a_bearer_token_of_each_request()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(options => options with { Key = ApiKey.Parse(Secret) }, null, Fine);

        await chat.AskAsync();

        Assert.Equal("Bearer " + Secret, chat.Server.Requests.Single().Authorization);
    }

    [Fact]
    public async Task Without_a_key_no_header_is_sent()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(Fine);

        await chat.AskAsync();

        Assert.Null(chat.Server.Requests.Single().Authorization);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Neither_key_nor_conversation_follow_a_redirect(int status)
    {
        await using ScriptedServer elsewhere = await ScriptedServer.StartAsync(Fine);
        await using RemoteChat chat = await RemoteChat.StartAsync(
            options => options with { Key = ApiKey.Parse(Secret) }, null,
            context =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = elsewhere.Address.AbsoluteUri + "/chat/completions?secret=1";
                return Task.CompletedTask;
            });

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => chat.AskAsync());

        Assert.Empty(elsewhere.Requests);
        Assert.Equal(status, e.StatusCode);
        Assert.Contains(elsewhere.Address.Authority, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_was_passed_in_is_neither_changed_nor_disposed()
    {
        string? sent = null;
        using StubHandler handler = new(request =>
        {
            sent = request.Headers.Authorization?.ToString();
            return new HttpResponseMessage { Content = new StringContent(Replies.Answer("""{"content":"ok"}""")) };
        });
        using HttpClient http = new(handler) { Timeout = TimeSpan.FromSeconds(7) };
        using (OpenAICompatibleChatClient client = new(new() { BaseAddress = new("http://localhost:1/v1"), Model = "m", Key = ApiKey.Parse(Secret) }, http))
        {
            await client.GetResponseAsync("hi", null, Cancellation);
        }

        Assert.Equal("Bearer " + Secret, sent);
        Assert.False(handler.IsDisposed);
        Assert.Empty(http.DefaultRequestHeaders);
        Assert.Equal(TimeSpan.FromSeconds(7), http.Timeout);
    }

    [Fact]
    public void The_key_is_in_no_text_of_anything_that_holds_it()
    {
        OpenAICompatibleOptions options = new() { BaseAddress = new("http://localhost:1/v1"), Model = "m", Key = ApiKey.Parse(Secret) };
        using OpenAICompatibleChatClient client = new(options);
        using OpenAICompatibleEmbeddingGenerator generator = new(options);

        Assert.All(
            [options.ToString(), client.ToString(), generator.ToString(), options.Key.ToString(), $"{options.Key}", new LlmConfiguration { ApiKey = options.Key }.ToString()],
            text => Assert.DoesNotContain("sk-test", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("  sk-1 \n", "sk-1")]
    [InlineData("\"sk-1\"", "sk-1")]
    [InlineData("\uFEFFsk-1", "sk-1")]
    public void A_key_is_cleaned_of_what_files_put_around_it(string text, string expected) =>
        Assert.Equal(ApiKey.Parse(expected), ApiKey.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("two words")]
    [InlineData("sk-1\r\nX-Evil: 1")]
    [InlineData("schlüssel")]
    public void What_cannot_stand_in_a_header_is_no_key(string text)
    {
        ChatProviderException e = Assert.Throws<ChatProviderException>(() => ApiKey.Parse(text));

        Assert.Equal(ChatProviderErrorKind.Configuration, e.Kind);
        Assert.True(text.Trim().Length == 0 || !e.ToString().Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void Keys_are_equal_when_their_texts_are()
    {
        Assert.True(ApiKey.Parse("a") == ApiKey.Parse("a"));
        Assert.True(ApiKey.Parse("a") != ApiKey.Parse("b"));
        Assert.Equal(ApiKey.Parse("a").GetHashCode(), ApiKey.Parse("a").GetHashCode());
    }

    [Theory]
    [InlineData("ftp://localhost/v1")]
    [InlineData("http://user:pass@localhost/v1")]
    public void An_address_that_cannot_be_used_is_refused_at_once_and_not_quoted(string address)
    {
        ChatProviderException e = Assert.Throws<ChatProviderException>(() => new OpenAICompatibleChatClient(new() { BaseAddress = new(address) }));

        Assert.Equal(ChatProviderErrorKind.Configuration, e.Kind);
        Assert.DoesNotContain("pass", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_an_address_is_refused_at_once() =>
        Assert.Equal(ChatProviderErrorKind.Configuration, Assert.Throws<ChatProviderException>(() => new OpenAICompatibleChatClient(new())).Kind);

    [Fact]
    public async Task Where_a_key_is_needed_nothing_is_sent_without_one()
    {
        int requests = 0;
        using HttpClient http = new(new StubHandler(_ => throw new InvalidOperationException($"Request {++requests} was sent.")));
        using OpenAICompatibleChatClient client = new(new() { Server = OpenAICompatibleServer.OpenAI, Model = "m" }, http);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("hi", null, Cancellation));

        Assert.Equal(ChatProviderErrorKind.Authentication, e.Kind);
        Assert.Contains(e.Advice, step => step.Contains("OPENAI_API_KEY", StringComparison.Ordinal));
        Assert.Equal(0, requests);
    }
}
