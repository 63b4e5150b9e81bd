using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Function calls as real servers send them.</summary>
public sealed class ToolCallTests
{
    [Fact]
    public async Task Fragments_that_are_mixed_up_are_sorted_by_their_index()
    {
        FunctionCallContent[] calls = await StreamAsync(
            """{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\""}},{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{\"y\""}}]}""",
            """{"tool_calls":[{"index":1,"function":{"arguments":":2}"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}""");

        Assert.Equal([("a", "f", "1"), ("b", "g", "2")], calls.Select(call => (call.CallId, call.Name, call.Arguments!.Values.Single()!.ToString()!)));
    }

    [Fact]
    public async Task Calls_that_share_an_index_are_told_apart_by_their_ids()
    {
        FunctionCallContent[] calls = await StreamAsync(
            """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}""",
            """{"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}]}""");

        Assert.Equal(["a", "b"], calls.Select(call => call.CallId));
    }

    [Fact]
    public async Task Calls_that_share_an_index_and_have_no_ids_are_told_apart_when_the_first_is_whole()
    {
        FunctionCallContent[] calls = await StreamAsync(
            """{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"x\":1}"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"x\":2}"}}]}""");

        Assert.Equal(["1", "2"], calls.Select(call => call.Arguments!["x"]!.ToString()));
    }

    [Fact]
    public async Task Without_an_index_a_name_begins_a_call_and_the_rest_goes_on_with_it()
    {
        FunctionCallContent[] calls = await StreamAsync(
            """{"tool_calls":[{"function":{"name":"f","arguments":"{\"x\":"}}]}""",
            """{"tool_calls":[{"function":{"arguments":"1}"}}]}""",
            """{"tool_calls":[{"function":{"name":"g","arguments":"{}"}}]}""");

        Assert.Equal(["f", "g"], calls.Select(call => call.Name));
        Assert.Equal(2, calls.Select(call => call.CallId).Distinct().Count());
        Assert.Equal("1", calls[0].Arguments!["x"]!.ToString());
    }

    [Fact]
    public async Task A_name_that_comes_in_pieces_is_put_together() =>
        Assert.Equal("get_weather", Assert.Single(await StreamAsync(
            """{"tool_calls":[{"index":0,"id":"a","function":{"name":"get_","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"name":"weather","arguments":"{}"}}]}""")).Name);

    [Fact]
    public async Task A_name_that_is_repeated_is_taken_once() =>
        Assert.Equal("f", Assert.Single(await StreamAsync(
            """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]}""",
            """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"}"}}]}""")).Name);

    [Theory]
    [InlineData("""{"tool_calls":{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}}""")]
    [InlineData("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":{"x":1}}}]}""")]
    [InlineData("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"\"{\\\"x\\\":1}\""}}]}""")]
    [InlineData("""{"function_call":{"name":"f","arguments":"{\"x\":1}"}}""")]
    public async Task Odd_forms_of_a_call_are_understood(string delta)
    {
        FunctionCallContent call = Assert.Single(await StreamAsync(delta));

        Assert.Equal("f", call.Name);
        Assert.Equal("1", call.Arguments!["x"]!.ToString());
    }

    [Fact]
    public async Task Numbers_as_ids_are_text_and_equal_ones_are_made_different()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Json(Replies.Answer(
            """{"role":"assistant","tool_calls":[{"id":0,"type":"function","function":{"name":"f","arguments":{"n":3}}},{"id":0,"type":"function","function":{"name":"g","arguments":{}}}]}""", "eos_token")));

        ChatResponse response = await chat.AskAsync();

        FunctionCallContent[] calls = [.. response.Messages[0].Contents.OfType<FunctionCallContent>()];
        Assert.Equal("0", calls[0].CallId);
        Assert.NotEqual(calls[0].CallId, calls[1].CallId);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Theory]
    [InlineData("{\\\"x\\\":")]
    [InlineData("[1]")]
    [InlineData("not json")]
    public async Task Arguments_that_cannot_be_read_are_told_and_kept(string arguments)
    {
        FunctionCallContent call = Assert.Single(await StreamAsync($$$"""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{{{arguments}}}"}}]}"""));

        Assert.NotNull(call.Exception);
        Assert.Equal(arguments.Replace("\\\"", "\"", StringComparison.Ordinal), call.AdditionalProperties!["arguments"]);
    }

    [Fact]
    public async Task Text_before_a_call_is_kept()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(
            Replies.Text("Let me see."), Replies.Chunk("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}""", "tool_calls"), "[DONE]"));

        ChatMessage message = Assert.Single((await chat.StreamAsync()).ToChatResponse().Messages);

        Assert.Equal("Let me see.", message.Text);
        Assert.Single(message.Contents.OfType<FunctionCallContent>());
    }

    [Fact]
    public async Task Calls_without_number_are_an_error_and_do_not_fill_the_memory()
    {
        string many = string.Join(',', Enumerable.Range(0, ToolCallAssembler.MaxCalls + 1).Select(i => $$$"""{"index":{{{i}}},"function":{"name":"f"}}"""));
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Chunk($$"""{"tool_calls":[{{many}}]}""")));

        Assert.Equal(ChatProviderErrorKind.Protocol, (await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync())).Kind);
    }

    private static async Task<FunctionCallContent[]> StreamAsync(params string[] deltas)
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events([.. deltas.Select(delta => Replies.Chunk(delta)), Replies.Chunk("{}", "tool_calls"), "[DONE]"]));
        return [.. (await chat.StreamAsync()).SelectMany(update => update.Contents).OfType<FunctionCallContent>()];
    }
}
