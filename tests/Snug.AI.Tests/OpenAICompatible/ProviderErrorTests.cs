using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Refusals and failures of servers, and what the exception says of them.</summary>
public sealed class ProviderErrorTests
{
    private const string Secret = "sk-test-0123456789abcdef";

    [Theory]
    [InlineData(400, """{"error":{"message":"temperature is out of range","type":"invalid_request_error"}}""", ChatProviderErrorKind.InvalidRequest, "temperature is out of range")]
    [InlineData(400, """{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}""", ChatProviderErrorKind.ContextLengthExceeded, "too long")]
    [InlineData(400, """{"error":{"code":400,"message":"too long","type":"exceed_context_size_error"}}""", ChatProviderErrorKind.ContextLengthExceeded, "too long")]
    [InlineData(401, """{"error":"Invalid username or password."}""", ChatProviderErrorKind.Authentication, "Invalid username or password")]
    [InlineData(402, """{"error":"You have exceeded your monthly included credits"}""", ChatProviderErrorKind.QuotaExceeded, "monthly")]
    [InlineData(403, """{"error":{"message":"not yours"}}""", ChatProviderErrorKind.Forbidden, "not yours")]
    [InlineData(404, """{"object":"error","message":"The model does not exist.","type":"NotFoundError","code":404}""", ChatProviderErrorKind.NotFound, "does not exist")]
    [InlineData(404, """{"detail":"Not Found"}""", ChatProviderErrorKind.NotFound, "Not Found")]
    [InlineData(422, """{"detail":[{"loc":["body"],"msg":"field required","type":"missing"}]}""", ChatProviderErrorKind.InvalidRequest, "field required")]
    [InlineData(422, """{"error":"Input validation error","error_type":"validation"}""", ChatProviderErrorKind.InvalidRequest, "Input validation error")]
    [InlineData(429, """{"error":{"message":"quota","code":"insufficient_quota"}}""", ChatProviderErrorKind.QuotaExceeded, "quota")]
    [InlineData(429, """{"error":{"message":"slow down"}}""", ChatProviderErrorKind.RateLimited, "slow down")]
    [InlineData(500, "<html><body>oops</body></html>", ChatProviderErrorKind.ServerError, "500")]
    [InlineData(500, "plain words", ChatProviderErrorKind.ServerError, "plain words")]
    [InlineData(500, """{"error":{"messa""", ChatProviderErrorKind.ServerError, "500")]
    [InlineData(503, """{"error":"Model is loading","estimated_time":20}""", ChatProviderErrorKind.Unavailable, "Model is loading")]
    public async Task A_refusal_has_a_kind_and_the_servers_words(int status, string body, ChatProviderErrorKind kind, string words)
    {
        foreach (bool asStream in new[] { false, true })
        {
            await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Json(body, status, headers: ("x-request-id", "req-1")));

            ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => asStream ? chat.StreamAsync() : chat.AskAsync());

            Assert.Equal(kind, e.Kind);
            Assert.Equal(status, e.StatusCode);
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
            Assert.Equal("req-1", e.RequestId);
            Assert.Equal("openai-compatible", e.Provider);
            Assert.NotEmpty(e.Advice);
            Assert.Single(chat.Server.Requests);
        }
    }

    [Theory]
    [InlineData("Retry-After", "20", 20)]
    [InlineData("Retry-After", "1.5", 1.5)]
    [InlineData("retry-after-ms", "250", 0.25)]
    [InlineData("Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT", 60)]
    [InlineData("Retry-After", "Thu, 01 Jan 2015 00:01:00 GMT", 0)]
    public async Task How_long_to_wait_is_carried_and_nothing_is_tried_again(string header, string value, double seconds)
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(
            options => options with { Key = ApiKey.Parse(Secret) }, new TestKit.ManualTime(), ScriptedServer.Json("""{"error":"slow down"}""", 429, headers: (header, value)));

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => chat.AskAsync());

        Assert.Equal(ChatProviderErrorKind.RateLimited, e.Kind);
        Assert.Equal(TimeSpan.FromSeconds(seconds), e.RetryAfter);
        Assert.Contains($"in {Math.Ceiling(seconds):0} s", e.Advice[0], StringComparison.Ordinal);
        Assert.Single(chat.Server.Requests);
    }

    [Fact]
    public async Task A_limit_without_a_key_advises_one_and_with_a_key_does_not()
    {
        ScriptedServer.Script limited = ScriptedServer.Json("""{"error":"slow down"}""", 429);
        await using RemoteChat anonymous = await RemoteChat.StartAsync(limited);
        await using RemoteChat known = await RemoteChat.StartAsync(options => options with { Key = ApiKey.Parse(Secret) }, null, limited);

        Assert.Contains("A token raises the limit", (await Assert.ThrowsAsync<ChatProviderException>(() => anonymous.AskAsync())).Explain(), StringComparison.Ordinal);
        Assert.DoesNotContain("raises the limit", (await Assert.ThrowsAsync<ChatProviderException>(() => known.AskAsync())).Explain(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>Please log in</html>", "text/html")]
    [InlineData("", "application/json")]
    [InlineData("[]", "application/json")]
    [InlineData("""{"choices":[]}""", "application/json")]
    [InlineData("""{"choices":[{"index":0}]}""", "application/json")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"a"}}]} trailing""", "application/json")]
    public async Task An_answer_of_another_kind_is_told_as_such(string body, string type)
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Json(body, type: type));

        Assert.Equal(ChatProviderErrorKind.Protocol, (await Assert.ThrowsAsync<ChatProviderException>(() => chat.AskAsync())).Kind);
        Assert.Equal(ChatProviderErrorKind.Protocol, (await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync())).Kind);
    }

    [Fact]
    public async Task An_error_with_a_good_status_is_an_error()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Json("""{"error":{"message":"upstream failed","code":502}}"""));

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => chat.AskAsync());

        Assert.Equal(ChatProviderErrorKind.ServerError, e.Kind);
        Assert.Contains("upstream failed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_told_as_such()
    {
        using HttpClient http = new(new StubHandler(_ => new HttpResponseMessage { Content = new StreamContent(new BrokenStream("{\"choices\":"u8.ToArray())) }));
        using OpenAICompatibleChatClient client = new(new() { BaseAddress = new("http://localhost:1/v1"), Model = "m" }, http);

        Assert.Equal(ChatProviderErrorKind.Interrupted, (await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("hi", null, TestContext.Current.CancellationToken))).Kind);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_with_its_address()
    {
        Uri address;
        await using (ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("{}")))
        {
            address = server.Address;
        }

        using OpenAICompatibleChatClient client = new(new() { BaseAddress = address, Model = "m" });
        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("hi", null, TestContext.Current.CancellationToken));

        Assert.Equal(ChatProviderErrorKind.Network, e.Kind);
        Assert.Contains(address.Port.ToString(), e.Message, StringComparison.Ordinal);
        Assert.IsType<HttpRequestException>(e.InnerException);
    }

    [Fact]
    public async Task Words_of_a_server_are_cut_and_cleaned()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Json("line one\r\n\u001b[31mline two" + new string('x', 5000), 500));

        string message = (await Assert.ThrowsAsync<ChatProviderException>(() => chat.AskAsync())).Message;

        Assert.DoesNotContain(message, c => char.IsControl(c));
        Assert.True(message.Length < 700);
    }

    [Fact]
    public async Task A_key_that_a_server_quotes_is_blotted_out()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(
            options => options with { Key = ApiKey.Parse(Secret) }, null, ScriptedServer.Json($$$"""{"error":{"message":"Incorrect API key provided: {{{Secret}}}."}}""", 401));

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => chat.AskAsync());

        Assert.DoesNotContain(Secret, e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, e.Explain(), StringComparison.Ordinal);
        Assert.Contains("Incorrect API key", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Advice_is_numbered_behind_the_message() =>
        Assert.Equal("It broke.\n1. Mend it.\n2. Try again.", new ChatProviderException(ChatProviderErrorKind.ServerError, "It broke.") { Advice = ["Mend it.", "Try again."] }.Explain());

    [Fact]
    public void Every_kind_has_a_code_of_its_own()
    {
        string[] codes = [.. Enum.GetValues<ChatProviderErrorKind>().Select(ChatProviderException.CodeOf)];

        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^[a-z_]+$", code));
    }

    /// <summary>Some bytes, and then a connection that is gone.</summary>
    private sealed class BrokenStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read and > 0 ? read : throw new IOException("Connection reset by peer.");
    }
}
