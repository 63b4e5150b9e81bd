using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

// What is expected of conversations: of several messages, with empty ones among them, with attachments.
public abstract partial class ChatClientBehaviour
{
    private static readonly byte[] Png =
        Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [Fact]
    public async Task A_conversation_reaches_the_model_whole_and_in_its_order()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("America and Asia."));
        ChatMessage[] messages =
        [
            new(ChatRole.System, "Know your continents."), new(ChatRole.User, "Pick a city."), new(ChatRole.Assistant, "Seattle"),
            new(ChatRole.User, "And another one."), new(ChatRole.Assistant, "Jakarta"), new(ChatRole.User, "Which continents are they on?"),
        ];

        ChatResponse response = await client.GetResponseAsync(messages, null, Cancellation);

        Assert.Equal("America and Asia.", response.Text);
        AssertInOrder(Asked.Single(), [.. messages.Select(message => message.Text)]);
    }

    [Fact]
    public async Task Messages_without_content_do_no_harm()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("3"));

        ChatResponse response = await client.GetResponseAsync(
            [new(ChatRole.System, []), new(ChatRole.User, []), new(ChatRole.Assistant, []), new(ChatRole.User, "What is 1 + 2?")], null, Cancellation);

        Assert.Equal("3", response.Text);
        Assert.Contains("What is 1 ", Asked.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_of_a_stream_may_be_asked_for_in_the_words_of_the_protocol()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("By ", "guessing."));
        ChatOptions options = new() { AdditionalProperties = new() { ["stream_options"] = new Dictionary<string, object> { ["include_usage"] = true } } };

        List<ChatResponseUpdate> updates = await StreamAsync(client, options);

        UsageDetails usage = Assert.Single(updates.SelectMany(update => update.Contents.OfType<UsageContent>())).Details;
        Assert.True(usage.InputTokenCount > 1);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
    }

    [Fact]
    public async Task A_streamed_answer_is_put_into_the_history_as_one_text()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("By ", "guessing", " well."));
        List<ChatMessage> history = [.. Question];

        await history.AddMessagesAsync(client.GetStreamingResponseAsync(history, null, Cancellation), Cancellation);

        Assert.Equal(2, history.Count);
        Assert.Equal(ChatRole.Assistant, history[1].Role);
        Assert.Equal("By guessing well.", Assert.Single(history[1].Contents.OfType<TextContent>()).Text);
        Assert.DoesNotContain(history[1].Contents, content => content is not TextContent);
    }

    [Fact]
    public async Task A_picture_is_sent_in_the_form_of_the_server_or_refused_before_anything_is_lost() =>
        await CheckAttachmentAsync(new DataContent(Png, "image/png"));

    [Fact]
    public async Task A_document_is_sent_in_the_form_of_the_server_or_refused_before_anything_is_lost() =>
        await CheckAttachmentAsync(new DataContent("%PDF-1.4"u8.ToArray(), "application/pdf") { Name = "sample.pdf" });

    [Fact]
    public async Task Answers_are_made_anew_for_the_same_question()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("417"), ScriptedReply.Of("92"));

        ChatResponse first = await client.GetResponseAsync(Question, null, Cancellation);
        ChatResponse second = await client.GetResponseAsync(Question, null, Cancellation);

        Assert.Equal(("417", "92"), (first.Text, second.Text));
        Assert.Equal(2, Asked.Count);
    }

    private static void AssertInOrder(string text, params string[] parts)
    {
        int from = 0;
        foreach (string part in parts)
        {
            int at = text.IndexOf(part, from, StringComparison.Ordinal);
            Assert.True(at >= 0, $"'{part}' does not stand behind the parts before it in: {text}");
            from = at + part.Length;
        }
    }

    private async Task CheckAttachmentAsync(DataContent attachment)
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("It says hello."));
        List<ChatMessage> history = [new(ChatRole.User, [new TextContent("What does this say?"), attachment])];
        if (FormOf(attachment) is { } form)
        {
            Assert.Equal("It says hello.", (await client.GetResponseAsync(history, null, Cancellation)).Text);
            AssertInOrder(Asked.Single(), "What does this say?", form);
            return;
        }

        NotSupportedException whole = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(history, null, Cancellation));
        NotSupportedException streamed = await Assert.ThrowsAsync<NotSupportedException>(() => StreamAsync(client, null, history));
        Assert.Equal("The model takes text only, and a message of 'user' has a DataContent.", whole.Message);
        Assert.Equal(whole.Message, streamed.Message);
        Assert.Empty(Asked);
        history[0].Contents.Remove(attachment);
        Assert.Equal("It says hello.", (await client.GetResponseAsync(history, null, Cancellation)).Text);
    }
}
