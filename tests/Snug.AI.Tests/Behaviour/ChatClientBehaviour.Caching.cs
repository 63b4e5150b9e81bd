using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

// What is expected where answers are kept as JSON and given again.
public abstract partial class ChatClientBehaviour
{
    [Fact]
    public async Task A_kept_answer_is_the_same_and_another_question_is_asked()
    {
        using AnswerCache client = new(await CreateAsync(ScriptedReply.Of("417"), ScriptedReply.Of("92")));
        ChatMessage[] other = [new(ChatRole.User, "Where is the tower?!")];

        ChatResponse first = await client.GetResponseAsync(Question, null, Cancellation);
        ChatResponse again = await client.GetResponseAsync(Question, null, Cancellation);
        ChatResponse changed = await client.GetResponseAsync(other, null, Cancellation);

        Assert.Equal(("417", "417", "92"), (first.Text, again.Text, changed.Text));
        Assert.Equal((first.ResponseId, first.ModelId, first.FinishReason, first.CreatedAt), (again.ResponseId, again.ModelId, again.FinishReason, again.CreatedAt));
        Assert.Equal(ChatFinishReason.Stop, again.FinishReason);
        Assert.True(again.Usage?.TotalTokenCount > 0);
        Assert.Equal(2, Asked.Count);
    }

    [Fact]
    public async Task A_kept_stream_is_the_same_and_another_question_is_asked()
    {
        using AnswerCache client = new(await CreateAsync(ScriptedReply.Of("4", "17"), ScriptedReply.Of("92")));
        ChatMessage[] other = [new(ChatRole.User, "Where is the tower?!")];

        List<ChatResponseUpdate> first = await StreamAsync(client);
        List<ChatResponseUpdate> again = await StreamAsync(client);
        List<ChatResponseUpdate> changed = await StreamAsync(client, null, other);

        Assert.Equal(("417", "417", "92"), (first.ToChatResponse().Text, again.ToChatResponse().Text, changed.ToChatResponse().Text));
        Assert.Equal(first.Select(update => update.Text), again.Select(update => update.Text));
        Assert.Equal(ChatFinishReason.Stop, again[^1].FinishReason);
        Assert.Contains(again[^1].Contents, content => content is UsageContent);
        Assert.Equal(2, Asked.Count);
    }

    [Fact]
    public async Task An_answer_with_its_calls_that_is_kept_as_a_whole_spares_functions_and_model()
    {
        int runs = 0;
        AIFunction temperature = AIFunctionFactory.Create(() => $"{100 + ++runs} degrees", "temperature");
        using AnswerCache client = new(new FunctionLoop(await CreateAsync(ScriptedReply.Calling(("temperature", "{}")), ScriptedReply.Of("Hot: 101."))));
        ChatOptions options = new() { Tools = [temperature] };

        ChatResponse first = await client.GetResponseAsync(Question, options, Cancellation);
        ChatResponse again = await client.GetResponseAsync(Question, options, Cancellation);

        Assert.Equal(("Hot: 101.", "Hot: 101."), (first.Text, again.Text));
        Assert.Equal("temperature", again.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Single().Name);
        Assert.Equal((1, 2), (runs, Asked.Count));
    }

    [Fact]
    public async Task Kept_answers_within_the_loop_spare_the_model_where_functions_say_the_same()
    {
        int runs = 0;
        AIFunction temperature = AIFunctionFactory.Create(() =>
        {
            runs++;
            return "58 degrees";
        }, "temperature");
        using FunctionLoop client = new(new AnswerCache(await CreateAsync(ScriptedReply.Calling(("temperature", "{}")), ScriptedReply.Of("Mild: 58."))));
        ChatOptions options = new() { Tools = [temperature] };

        ChatResponse first = await client.GetResponseAsync(Question, options, Cancellation);
        ChatResponse again = await client.GetResponseAsync(Question, options, Cancellation);

        Assert.Equal(("Mild: 58.", "Mild: 58."), (first.Text, again.Text));
        Assert.Equal((2, 2), (runs, Asked.Count));
    }

    [Fact]
    public async Task Kept_answers_within_the_loop_are_not_used_where_functions_say_something_else()
    {
        int runs = 0;
        AIFunction temperature = AIFunctionFactory.Create(() => $"{80 + ++runs} degrees", "temperature");
        using FunctionLoop client = new(new AnswerCache(
            await CreateAsync(ScriptedReply.Calling(("temperature", "{}")), ScriptedReply.Of("Warm: 81."), ScriptedReply.Of("Warm: 82."))));
        ChatOptions options = new() { Tools = [temperature] };

        ChatResponse first = await client.GetResponseAsync(Question, options, Cancellation);
        ChatResponse again = await client.GetResponseAsync(Question, options, Cancellation);

        Assert.Equal(("Warm: 81.", "Warm: 82."), (first.Text, again.Text));
        Assert.Contains("82 degrees", Asked[2], StringComparison.Ordinal);
        Assert.Equal((2, 3), (runs, Asked.Count));
    }
}
