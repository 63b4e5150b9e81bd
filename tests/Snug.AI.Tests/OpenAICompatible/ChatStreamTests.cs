using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Streams as real servers send them.</summary>
public sealed class ChatStreamTests
{
    [Fact]
    public async Task Comments_that_keep_the_connection_alive_are_passed_over()
    {
        string text = await TextAsync(ScriptedServer.Raw(": ping\n\n", $"data: {Replies.Text("a")}\n\n", ": OPENROUTER PROCESSING\n\n:\n", $"data: {Replies.Text("b", "stop")}\n\n", "data: [DONE]\n\n"));

        Assert.Equal("ab", text);
    }

    [Fact]
    public async Task Events_may_be_cut_anywhere_between_packets()
    {
        string wire = $"data: {Replies.Text("häl")}\r\n\r\ndata:{Replies.Text("lo", "stop")}\r\n\r\ndata: [DONE]\r\n\r\n";

        Assert.Equal("hällo", await TextAsync(ScriptedServer.Raw([.. wire.Chunk(7).Select(piece => new string(piece))])));
    }

    [Fact]
    public async Task A_reason_to_finish_is_end_enough_without_an_end_mark()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Text("a"), Replies.Chunk("{}", "length")));

        Assert.Equal(ChatFinishReason.Length, (await chat.StreamAsync())[^1].FinishReason);
    }

    [Fact]
    public async Task An_end_mark_is_end_enough_without_a_reason()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Text("a"), "[DONE]"));

        List<ChatResponseUpdate> updates = await chat.StreamAsync();

        Assert.Equal("a", updates.ToChatResponse().Text);
        Assert.Null(updates[^1].FinishReason);
    }

    [Fact]
    public async Task A_stream_that_ends_with_neither_is_an_error_and_the_text_is_kept()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Text("half an ans")));
        List<ChatResponseUpdate> updates = [];

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync(into: updates));

        Assert.Equal(ChatProviderErrorKind.Interrupted, e.Kind);
        Assert.Equal("half an ans", updates.ToChatResponse().Text);
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_an_error()
    {
        List<ChatResponseUpdate> updates = [];

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => ReadUntilCutAsync(updates, Replies.Text("half")));

        Assert.Equal(ChatProviderErrorKind.Interrupted, e.Kind);
        Assert.Equal("half", updates.ToChatResponse().Text);
    }

    [Fact]
    public async Task A_connection_that_is_cut_after_the_reason_to_finish_has_lost_nothing()
    {
        List<ChatResponseUpdate> updates = [];

        await ReadUntilCutAsync(updates, Replies.Text("whole", "stop"));

        Assert.Equal("whole", updates.ToChatResponse().Text);
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
    }

    [Fact]
    public async Task An_empty_stream_is_an_error()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Raw(""));

        Assert.Equal(ChatProviderErrorKind.Interrupted, (await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync())).Kind);
    }

    [Theory]
    [InlineData("""{"error":{"message":"out of memory","type":"server_error","code":null}}""")]
    [InlineData("""{"error":"out of memory","error_type":"server_error"}""")]
    [InlineData("""{"object":"error","message":"out of memory","type":"server_error","code":500}""")]
    [InlineData("""{"error":["out of memory"]}""")]
    public async Task An_error_in_the_middle_is_an_exception_with_its_message(string error)
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Text("so far"), error, "[DONE]"));
        List<ChatResponseUpdate> updates = [];

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync(into: updates));

        Assert.Equal(ChatProviderErrorKind.ServerError, e.Kind);
        Assert.Contains("out of memory", e.Message, StringComparison.Ordinal);
        Assert.Equal("so far", updates.ToChatResponse().Text);
    }

    [Fact]
    public async Task An_event_named_error_is_one_whatever_it_holds()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Raw("event: error\ndata: {\"message\":\"model crashed\"}\n\n"));

        Assert.Contains("model crashed", (await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_that_names_its_status_is_of_that_kind()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events("""{"error":{"message":"slow down","code":429}}"""));

        Assert.Equal(ChatProviderErrorKind.RateLimited, (await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync())).Kind);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("false")]
    public async Task An_error_that_is_nothing_is_none(string nothing) =>
        Assert.Equal("a", await TextAsync(ScriptedServer.Events($$"""{"error":{{nothing}},"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}""", "[DONE]")));

    [Fact]
    public async Task An_event_that_is_no_json_is_an_error()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events("{\"choices\":[", "[DONE]"));

        Assert.Equal(ChatProviderErrorKind.Protocol, (await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync())).Kind);
    }

    [Fact]
    public async Task Nesting_without_end_is_an_error_and_no_crash()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(new string('[', 100_000)));

        Assert.Equal(ChatProviderErrorKind.Protocol, (await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync())).Kind);
    }

    [Fact]
    public async Task An_event_without_end_is_an_error_and_does_not_fill_the_memory()
    {
        string piece = new('x', 1024 * 1024);
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Raw(["data: \"", .. Enumerable.Repeat(piece, (int)(ProviderBody.MaxEventLength / piece.Length) + 1)]));

        Assert.Equal(ChatProviderErrorKind.Protocol, (await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync())).Kind);
    }

    [Fact]
    public async Task A_stream_of_many_events_may_be_longer_than_one_event_may_be()
    {
        string piece = new('x', 1024 * 1024);
        int count = (int)(ProviderBody.MaxEventLength / piece.Length) + 2;
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events([.. Enumerable.Repeat(Replies.Text(piece), count), Replies.Text("", "stop"), "[DONE]"]));

        Assert.Equal(count * piece.Length, (await chat.StreamAsync()).Sum(update => update.Text.Length));
    }

    [Theory]
    [InlineData("eos_token", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("length", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("function_call", "tool_calls")]
    [InlineData("abort", "abort")]
    [InlineData("something_new", "something_new")]
    public async Task Every_reason_to_finish_is_passed_on_and_none_is_an_exception(string sent, string expected)
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Text("a", sent), "[DONE]"));

        Assert.Equal(new ChatFinishReason(expected), (await chat.StreamAsync())[^1].FinishReason);
    }

    [Fact]
    public async Task Usage_that_is_counted_up_in_every_event_is_taken_once()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(
            Replies.Chunk("""{"content":"a"}""", usage: """{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6}"""),
            Replies.Chunk("""{"content":"b"}""", "stop", usage: """{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}"""),
            "[DONE]"));

        UsageDetails usage = (await chat.StreamAsync()).ToChatResponse().Usage!;

        Assert.Equal("5 2 7", $"{usage.InputTokenCount} {usage.OutputTokenCount} {usage.TotalTokenCount}");
    }

    [Fact]
    public async Task Usage_that_is_not_sent_is_absent_and_not_zero()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Text("a", "stop"), "[DONE]"));

        Assert.Null((await chat.StreamAsync()).ToChatResponse().Usage);
    }

    [Fact]
    public async Task Missing_ids_and_models_are_made_up_for()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events("""{"id":"","choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"""));

        List<ChatResponseUpdate> updates = await chat.StreamAsync();

        Assert.NotEmpty(Assert.Single(updates.Select(update => update.ResponseId).Distinct())!);
        Assert.All(updates, update => Assert.Equal("m", update.ModelId));
    }

    [Fact]
    public async Task Both_keys_of_reasoning_are_read_and_once()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(
            Replies.Chunk("""{"reasoning":"one "}"""), Replies.Chunk("""{"reasoning_content":"two"}"""), Replies.Chunk("""{"reasoning":" three","reasoning_content":" three"}"""), Replies.Text("x", "stop"), "[DONE]"));

        ChatMessage message = Assert.Single((await chat.StreamAsync()).ToChatResponse().Messages);

        Assert.Equal("one two three", Assert.Single(message.Contents.OfType<TextReasoningContent>()).Text);
        Assert.Equal("x", message.Text);
    }

    [Fact]
    public async Task A_server_that_does_not_stream_is_understood_too()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Json(Replies.Answer("""{"role":"assistant","content":"whole"}""")));

        List<ChatResponseUpdate> updates = await chat.StreamAsync();

        Assert.Equal("whole", updates.ToChatResponse().Text);
        Assert.Equal(ChatFinishReason.Stop, updates.ToChatResponse().FinishReason);
    }

    [Fact]
    public async Task A_server_that_streams_unasked_is_understood_too()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Text("in "), Replies.Text("pieces", "stop"), "[DONE]"));

        Assert.Equal("in pieces", (await chat.AskAsync()).Text);
    }

    [Fact]
    public async Task Only_the_first_choice_is_read() =>
        Assert.Equal("first", await TextAsync(ScriptedServer.Events(
            """{"choices":[{"index":1,"delta":{"content":"second"},"finish_reason":"stop"}]}""",
            """{"choices":[{"index":0,"delta":{"content":"first"},"finish_reason":"stop"}]}""", "[DONE]")));

    private static async Task ReadUntilCutAsync(List<ChatResponseUpdate> updates, string data)
    {
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Cut(read.Task, $"data: {data}\n\n"));
        await foreach (ChatResponseUpdate update in chat.Client.GetStreamingResponseAsync("hi", null, TestContext.Current.CancellationToken))
        {
            updates.Add(update);
            read.TrySetResult();
        }
    }

    private static async Task<string> TextAsync(ScriptedServer.Script script)
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(script);
        return (await chat.StreamAsync()).ToChatResponse().Text;
    }
}
