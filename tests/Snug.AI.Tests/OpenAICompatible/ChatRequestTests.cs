using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>What goes over the wire.</summary>
public sealed class ChatRequestTests
{
    private static readonly ScriptedServer.Script Fine = ScriptedServer.Json(Replies.Answer("""{"role":"assistant","content":"ok"}"""));
    private static readonly JsonElement Schema = JsonElement.Parse("""{"type":"object","properties":{"a":{"type":"integer"}}}""");

    [Fact]
    public async Task Every_typed_option_is_sent_under_its_name()
    {
        JsonElement body = await SendAsync(new()
        {
            ModelId = "other", Instructions = "Be kind.", Temperature = 0.7f, TopP = 0.9f, TopK = 40, FrequencyPenalty = 0.5f, PresencePenalty = -0.5f,
            Seed = 7, MaxOutputTokens = 64, StopSequences = ["a", "b"], Reasoning = new() { Effort = ReasoningEffort.High },
        });

        Assert.Equal("other", body.GetProperty("model").GetString());
        Assert.Equal("""{"role":"system","content":"Be kind."}""", body.GetProperty("messages")[0].GetRawText());
        Assert.Equal("0.7", body.GetProperty("temperature").GetRawText());
        Assert.Equal("0.9", body.GetProperty("top_p").GetRawText());
        Assert.Equal(40, body.GetProperty("top_k").GetInt32());
        Assert.Equal(0.5, body.GetProperty("frequency_penalty").GetDouble());
        Assert.Equal(-0.5, body.GetProperty("presence_penalty").GetDouble());
        Assert.Equal(7, body.GetProperty("seed").GetInt32());
        Assert.Equal(64, body.GetProperty("max_tokens").GetInt32());
        Assert.Equal("""["a","b"]""", body.GetProperty("stop").GetRawText());
        Assert.Equal("high", body.GetProperty("reasoning_effort").GetString());
        Assert.False(body.GetProperty("stream").GetBoolean());
    }

    [Fact]
    public async Task What_is_not_set_is_not_sent()
    {
        JsonElement body = await SendAsync(new());

        Assert.Equal(["messages", "model", "stream"], body.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(MaxTokensField.MaxTokens, "max_tokens")]
    [InlineData(MaxTokensField.MaxCompletionTokens, "max_completion_tokens")]
    [InlineData(MaxTokensField.Both, "max_completion_tokens,max_tokens")]
    public async Task The_most_tokens_go_under_the_name_that_the_server_wants(MaxTokensField field, string names)
    {
        JsonElement body = await SendAsync(new() { MaxOutputTokens = 9 }, server => server with { MaxTokensField = field });

        Assert.Equal(names, string.Join(',', body.EnumerateObject().Select(member => member.Name).Where(name => name.StartsWith("max_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_minds_top_k_is_not_sent_it() =>
        Assert.False((await SendAsync(new() { TopK = 5 }, server => server with { AcceptsTopK = false })).TryGetProperty("top_k", out _));

    [Fact]
    public async Task Additional_properties_are_members_of_the_request_and_win_over_typed_ones()
    {
        JsonElement body = await SendAsync(new()
        {
            Temperature = 0.5f,
            AdditionalProperties = new() { ["min_p"] = 0.05, ["temperature"] = 1, ["chat_template_kwargs"] = new JsonObject { ["enable_thinking"] = false } },
        });

        Assert.Equal(0.05, body.GetProperty("min_p").GetDouble());
        Assert.Equal(1, body.GetProperty("temperature").GetInt32());
        Assert.False(body.GetProperty("chat_template_kwargs").GetProperty("enable_thinking").GetBoolean());
    }

    [Fact]
    public async Task The_raw_request_wins_over_everything_but_the_stream()
    {
        JsonElement body = await SendAsync(new()
        {
            Temperature = 0.5f,
            AdditionalProperties = new() { ["min_p"] = 0.05 },
            RawRepresentationFactory = client => client is OpenAICompatibleChatClient
                ? new JsonObject { ["temperature"] = 0.1, ["min_p"] = 0.2, ["service_tier"] = "flex", ["stream"] = true }
                : null,
        });

        Assert.Equal(0.1, body.GetProperty("temperature").GetDouble());
        Assert.Equal(0.2, body.GetProperty("min_p").GetDouble());
        Assert.Equal("flex", body.GetProperty("service_tier").GetString());
        Assert.False(body.GetProperty("stream").GetBoolean());
    }

    [Fact]
    public async Task A_raw_request_of_another_type_is_refused_before_anything_is_sent()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(Fine);

        await Assert.ThrowsAsync<ArgumentException>(() => chat.AskAsync("hi", new ChatOptions { RawRepresentationFactory = _ => "text" }));
        Assert.Empty(chat.Server.Requests);
    }

    [Fact]
    public async Task Functions_are_offered_with_their_schema()
    {
        JsonElement body = await SendAsync(new() { Tools = [AIFunctionFactory.Create((string city) => city, "weather", "The weather.")], AllowMultipleToolCalls = false });

        JsonElement function = body.GetProperty("tools")[0].GetProperty("function");
        Assert.Equal("function", body.GetProperty("tools")[0].GetProperty("type").GetString());
        Assert.Equal("weather", function.GetProperty("name").GetString());
        Assert.Equal("The weather.", function.GetProperty("description").GetString());
        Assert.Equal("string", function.GetProperty("parameters").GetProperty("properties").GetProperty("city").GetProperty("type").GetString());
        Assert.False(body.GetProperty("parallel_tool_calls").GetBoolean());
        Assert.False(body.TryGetProperty("tool_choice", out _));
    }

    [Fact]
    public async Task Every_tool_mode_has_its_form()
    {
        AITool[] tools = [AIFunctionFactory.Create(() => 1, "one"), AIFunctionFactory.Create(() => 2, "two")];

        Assert.Equal("\"auto\"", await ChoiceAsync(ChatToolMode.Auto));
        Assert.Equal("\"none\"", await ChoiceAsync(ChatToolMode.None));
        Assert.Equal("\"required\"", await ChoiceAsync(ChatToolMode.RequireAny));
        Assert.Equal("""{"type":"function","function":{"name":"two"}}""", await ChoiceAsync(ChatToolMode.RequireSpecific("two")));

        async Task<string> ChoiceAsync(ChatToolMode mode) => (await SendAsync(new() { Tools = tools, ToolMode = mode })).GetProperty("tool_choice").GetRawText();
    }

    [Fact]
    public async Task Where_no_function_can_be_named_the_required_one_is_offered_alone()
    {
        JsonElement body = await SendAsync(
            new() { Tools = [AIFunctionFactory.Create(() => 1, "one"), AIFunctionFactory.Create(() => 2, "two")], ToolMode = ChatToolMode.RequireSpecific("two") },
            _ => OpenAICompatibleServer.LMStudio);

        Assert.Equal("required", body.GetProperty("tool_choice").GetString());
        Assert.Equal("two", Assert.Single(body.GetProperty("tools").EnumerateArray().ToArray()).GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_choice_without_tools_is_not_sent() =>
        Assert.False((await SendAsync(new() { ToolMode = ChatToolMode.RequireAny })).TryGetProperty("tool_choice", out _));

    [Fact]
    public async Task A_required_function_that_is_not_offered_is_refused_before_anything_is_sent()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(Fine);

        await Assert.ThrowsAsync<ArgumentException>(
            () => chat.AskAsync("hi", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")], ToolMode = ChatToolMode.RequireSpecific("two") }));
        Assert.Empty(chat.Server.Requests);
    }

    [Fact]
    public async Task A_tool_that_is_no_function_is_refused_before_anything_is_sent()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(Fine);

        NotSupportedException e = await Assert.ThrowsAsync<NotSupportedException>(() => chat.AskAsync("hi", new ChatOptions { Tools = [new HostedWebSearchTool()] }));
        Assert.Contains(nameof(HostedWebSearchTool), e.Message, StringComparison.Ordinal);
        Assert.Empty(chat.Server.Requests);
    }

    [Theory]
    [InlineData(JsonFormatStyle.Standard, """{"type":"json_object"}""")]
    [InlineData(JsonFormatStyle.SchemaOnly, """{"type":"json_schema","json_schema":{"name":"object","schema":{"type":"object"}}}""")]
    [InlineData(JsonFormatStyle.Grammar, """{"type":"json","value":{"type":"object"}}""")]
    public async Task Json_is_asked_for_as_the_server_wants_it(JsonFormatStyle style, string expected) =>
        Assert.Equal(expected, (await SendAsync(new() { ResponseFormat = ChatResponseFormat.Json }, server => server with { JsonFormat = style })).GetProperty("response_format").GetRawText());

    [Theory]
    [InlineData(JsonFormatStyle.Standard, """{"type":"json_schema","json_schema":{"name":"thing","description":"A thing.","schema":{"type":"object","properties":{"a":{"type":"integer"}}},"strict":true}}""")]
    [InlineData(JsonFormatStyle.Grammar, """{"type":"json","value":{"type":"object","properties":{"a":{"type":"integer"}}}}""")]
    public async Task A_schema_is_sent_as_the_server_wants_it(JsonFormatStyle style, string expected)
    {
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema, "thing", "A thing."), AdditionalProperties = new() { ["strict"] = true } };

        JsonElement body = await SendAsync(options, server => server with { JsonFormat = style });

        Assert.Equal(expected, body.GetProperty("response_format").GetRawText());
        Assert.False(body.TryGetProperty("strict", out _));
    }

    [Fact]
    public async Task A_stream_asks_for_usage_where_the_server_knows_how()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Text("x", "stop"), "[DONE]"));
        await chat.StreamAsync();
        Assert.Equal("""{"include_usage":true}""", chat.Server.LastBody.GetProperty("stream_options").GetRawText());
        Assert.True(chat.Server.LastBody.GetProperty("stream").GetBoolean());
        Assert.Contains("text/event-stream", chat.Server.Requests.Last().Headers["Accept"], StringComparison.Ordinal);

        await using RemoteChat older = await RemoteChat.StartAsync(
            options => options with { Server = options.Server with { AcceptsStreamOptions = false } }, null, ScriptedServer.Events(Replies.Text("x", "stop"), "[DONE]"));
        await older.StreamAsync();
        Assert.False(older.Server.LastBody.TryGetProperty("stream_options", out _));
    }

    [Fact]
    public async Task Text_is_a_string_and_pictures_make_it_a_list_of_parts()
    {
        JsonElement body = await SendMessagesAsync(
            [
                new(ChatRole.User, "hello"),
                new(ChatRole.User, [new TextContent("what is it?"), new DataContent(new byte[] { 1, 2, 3 }, "image/png"), new UriContent("https://example.test/cat.jpg", "image/jpeg")]),
            ]);

        Assert.Equal("hello", body.GetProperty("messages")[0].GetProperty("content").GetString());
        JsonElement parts = body.GetProperty("messages")[1].GetProperty("content");
        Assert.Equal("what is it?", parts[0].GetProperty("text").GetString());
        Assert.Equal("data:image/png;base64,AQID", parts[1].GetProperty("image_url").GetProperty("url").GetString());
        Assert.Equal("https://example.test/cat.jpg", parts[2].GetProperty("image_url").GetProperty("url").GetString());
    }

    [Fact]
    public async Task Sound_and_documents_have_their_own_parts()
    {
        JsonElement body = await SendMessagesAsync(
            [new(ChatRole.User, [new DataContent(new byte[] { 1 }, "audio/wav"), new DataContent(new byte[] { 2 }, "application/pdf") { Name = "a.pdf" }])]);

        JsonElement parts = body.GetProperty("messages")[0].GetProperty("content");
        Assert.Equal("""{"data":"AQ==","format":"wav"}""", parts[0].GetProperty("input_audio").GetRawText());
        Assert.Equal("a.pdf", parts[1].GetProperty("file").GetProperty("filename").GetString());
    }

    [Fact]
    public async Task Content_that_the_protocol_does_not_know_is_refused_before_anything_is_sent()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(Fine);

        NotSupportedException e = await Assert.ThrowsAsync<NotSupportedException>(
            () => chat.AskAsync([new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "video/mp4")])]));
        Assert.Contains("video/mp4", e.Message, StringComparison.Ordinal);
        Assert.Empty(chat.Server.Requests);
    }

    [Fact]
    public async Task Calls_and_their_results_travel_with_their_ids()
    {
        JsonElement body = await SendMessagesAsync(
            [
                new(ChatRole.Assistant, [new FunctionCallContent("id1", "f", new Dictionary<string, object?> { ["a"] = 1, ["b"] = "x" }), new FunctionCallContent("id2", "g")]),
                new(ChatRole.Tool, [new FunctionResultContent("id1", "plain"), new FunctionResultContent("id2", new Dictionary<string, object?> { ["n"] = 5 })]),
            ]);

        JsonElement messages = body.GetProperty("messages");
        Assert.Equal(3, messages.GetArrayLength());
        JsonElement call = messages[0].GetProperty("tool_calls")[0];
        Assert.Equal("id1", call.GetProperty("id").GetString());
        Assert.Equal("""{"a":1,"b":"x"}""", call.GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("{}", messages[0].GetProperty("tool_calls")[1].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal(JsonValueKind.Null, messages[0].GetProperty("content").ValueKind);
        Assert.Equal("""{"role":"tool","tool_call_id":"id1","content":"plain"}""", messages[1].GetRawText());
        Assert.Equal("id2", messages[2].GetProperty("tool_call_id").GetString());
        Assert.Equal("""{"n":5}""", messages[2].GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_function_that_failed_tells_the_model_so()
    {
        JsonElement body = await SendMessagesAsync([new(ChatRole.Tool, [new FunctionResultContent("id1", null) { Exception = new InvalidOperationException("no such city") }])]);

        Assert.Equal("Error: no such city", body.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Names_of_authors_are_sent_where_servers_accept_their_form()
    {
        JsonElement body = await SendMessagesAsync([new(ChatRole.User, "a") { AuthorName = "Ada_1" }, new(ChatRole.User, "b") { AuthorName = "Ada Lovelace" }]);

        Assert.Equal("Ada_1", body.GetProperty("messages")[0].GetProperty("name").GetString());
        Assert.False(body.GetProperty("messages")[1].TryGetProperty("name", out _));
    }

    [Fact]
    public async Task Reasoning_goes_back_only_where_it_is_wanted()
    {
        ChatMessage[] messages = [new(ChatRole.Assistant, [new TextReasoningContent("hm"), new TextContent("yes")])];
        Assert.False((await SendMessagesAsync(messages)).GetProperty("messages")[0].TryGetProperty("reasoning_content", out _));

        await using RemoteChat chat = await RemoteChat.StartAsync(options => options with { SendReasoning = true }, null, Fine);
        await chat.AskAsync(messages);
        Assert.Equal("hm", chat.Server.LastBody.GetProperty("messages")[0].GetProperty("reasoning_content").GetString());
    }

    [Fact]
    public async Task Without_any_model_nothing_is_sent()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(options => options with { Model = null }, null, Fine);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => chat.AskAsync());
        Assert.Equal(ChatProviderErrorKind.Configuration, e.Kind);
        Assert.Empty(chat.Server.Requests);
    }

    [Theory]
    [InlineData("http://localhost:1/v1", "http://localhost:1/v1/chat/completions")]
    [InlineData("http://localhost:1/v1/", "http://localhost:1/v1/chat/completions")]
    [InlineData("http://localhost:1", "http://localhost:1/chat/completions")]
    [InlineData("http://localhost:1/a/b?api-version=3", "http://localhost:1/a/b/chat/completions?api-version=3")]
    public async Task The_path_is_put_behind_the_address(string address, string expected)
    {
        Uri? asked = null;
        using HttpClient http = new(new StubHandler(request =>
        {
            asked = request.RequestUri;
            return new HttpResponseMessage { Content = new StringContent(Replies.Answer("""{"content":"ok"}""")) };
        }));
        using OpenAICompatibleChatClient client = new(new() { BaseAddress = new Uri(address), Model = "m" }, http);

        await client.GetResponseAsync("hi", null, TestContext.Current.CancellationToken);

        Assert.Equal(expected, asked!.AbsoluteUri);
    }

    private static Task<JsonElement> SendAsync(ChatOptions options, Func<OpenAICompatibleServer, OpenAICompatibleServer>? configure = null) =>
        SendMessagesAsync([new(ChatRole.User, "hi")], options, configure);

    private static async Task<JsonElement> SendMessagesAsync(ChatMessage[] messages, ChatOptions? options = null, Func<OpenAICompatibleServer, OpenAICompatibleServer>? configure = null)
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(
            given => given with { Server = configure?.Invoke(given.Server) ?? given.Server }, null, Fine);
        await chat.AskAsync(messages, options);
        return chat.Server.LastBody;
    }
}
