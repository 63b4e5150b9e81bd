using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Reasoning that a server leaves in the text of an answer.</summary>
public sealed class InlineReasoningTests
{
    private const string Text = "<think>\nA tower,\n in France.\n</think>\n\nIn Paris.";

    [Fact]
    public async Task Reasoning_is_taken_out_of_a_stream_wherever_it_is_cut()
    {
        for (int size = 1; size <= Text.Length; size += 3)
        {
            string[] pieces = [.. Text.Chunk(size).Select(part => Replies.Text(new string(part)))];
            await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events([.. pieces, Replies.Chunk("{}", "stop"), "[DONE]"]));

            List<ChatResponseUpdate> updates = await chat.StreamAsync();

            Assert.Equal(("A tower,\n in France.", "In Paris."), Parts(updates.ToChatResponse()));
            Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        }
    }

    [Fact]
    public async Task Reasoning_is_taken_out_of_a_whole_answer()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Json(Replies.Answer($$"""{"role":"assistant","content":{{JsonSerializer.Serialize(Text)}}}""")));

        Assert.Equal(("A tower,\n in France.", "In Paris."), Parts(await chat.AskAsync()));
    }

    [Theory]
    [InlineData("Tags like <think> and </think> are text.")]
    [InlineData("  two spaces, and one behind ")]
    [InlineData("a < b")]
    [InlineData("<thinking>")]
    [InlineData("<thi")]
    public async Task Text_without_reasoning_at_its_start_stays_as_it_is(string text)
    {
        foreach (int size in new[] { 1, 4, 100 })
        {
            string[] pieces = [.. text.Chunk(size).Select(part => Replies.Text(new string(part)))];
            await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events([.. pieces, Replies.Chunk("{}", "stop"), "[DONE]"]));

            Assert.Equal(("", text), Parts((await chat.StreamAsync()).ToChatResponse()));
        }
    }

    [Fact]
    public async Task Reasoning_that_was_cut_off_is_reasoning()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(Replies.Text("<think>on and"), Replies.Text(" on"), Replies.Chunk("{}", "length"), "[DONE]"));

        ChatResponse response = (await chat.StreamAsync()).ToChatResponse();

        Assert.Equal(("on and on", ""), Parts(response));
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    [Fact]
    public async Task A_call_comes_behind_the_reasoning_and_the_text()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Events(
            Replies.Text("<think>hm</think>I look."),
            Replies.Chunk("""{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"now","arguments":"{}"}}]}""", "tool_calls"),
            "[DONE]"));

        ChatResponse response = (await chat.StreamAsync()).ToChatResponse();

        Assert.Equal(["TextReasoningContent", "TextContent", "FunctionCallContent"], response.Messages[0].Contents.Select(content => content.GetType().Name));
    }

    [Fact]
    public async Task A_server_that_keeps_reasoning_apart_is_taken_at_its_word()
    {
        await using RemoteChat chat = await RemoteChat.StartAsync(
            options => options with { Server = OpenAICompatibleServer.Other with { MayInlineReasoning = false } }, null,
            ScriptedServer.Events(Replies.Text(Text), Replies.Chunk("{}", "stop"), "[DONE]"));

        Assert.Equal(("", Text), Parts((await chat.StreamAsync()).ToChatResponse()));
        Assert.False(OpenAICompatibleServer.OpenAI.MayInlineReasoning);
        Assert.True(OpenAICompatibleServer.Vllm.MayInlineReasoning && OpenAICompatibleServer.Ollama.MayInlineReasoning && OpenAICompatibleServer.LlamaCpp.MayInlineReasoning);
    }

    private static (string Reasoning, string Text) Parts(ChatResponse response) => (
        string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(content => content.Text)), response.Text);
}
