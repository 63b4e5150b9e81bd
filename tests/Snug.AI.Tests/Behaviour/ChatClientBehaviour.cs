using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>
/// What callers may expect of every chat client, be the model here or far away. Derive from it, say how a client is made whose model
/// answers as a script says, and every test runs against it.
/// </summary>
public abstract partial class ChatClientBehaviour
{
    /// <summary>The provider's name in the metadata.</summary>
    protected abstract string ProviderName { get; }

    /// <summary>The model's name in the metadata.</summary>
    protected abstract string ModelName { get; }

    /// <summary>Whether reasoning comes apart from the text.</summary>
    protected virtual bool HasReasoning => true;

    /// <summary>What the models of this test were given, request by request: the body of the request, or the prompt.</summary>
    protected abstract IReadOnlyList<string> Asked { get; }

    /// <summary>The address of the server; null where there is none.</summary>
    protected abstract Uri? Address { get; }

    /// <summary>Makes a client whose model gives these replies, one a request; the last one again and again.</summary>
    protected abstract Task<IChatClient> CreateAsync(params ScriptedReply[] replies);

    /// <summary>Makes a generator of embeddings of the same kind. Texts that differ have vectors that differ.</summary>
    protected abstract Task<IEmbeddingGenerator<string, Embedding<float>>> CreateEmbeddingsAsync();

    /// <summary>How an attachment stands in a request; null where attachments are refused.</summary>
    protected abstract string? FormOf(DataContent attachment);

    /// <summary>Whether a request offers functions.</summary>
    protected abstract bool OffersTools(string request);

    /// <summary>Whether a request demands a call: of one function, or of any.</summary>
    protected abstract bool IsDemanded(string request, string? function);

    /// <summary>Checks what a request with functions says of strictness.</summary>
    protected abstract void CheckStrictness(string request, bool isStrict);

    /// <summary>Checks what a request says of the format of its answer.</summary>
    protected abstract void CheckFormat(string request, bool hasSchema);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ChatMessage[] Question { get; } = [new(ChatRole.User, "Where is the tower?")];

    [Fact]
    public async Task Messages_that_are_null_are_refused_before_anything_happens()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));

        await Assert.ThrowsAsync<ArgumentNullException>(() => client.GetResponseAsync((IEnumerable<ChatMessage>)null!, null, Cancellation));
        Assert.Throws<ArgumentNullException>(() => client.GetStreamingResponseAsync((IEnumerable<ChatMessage>)null!, null, Cancellation));
    }

    [Fact]
    public async Task A_question_gets_one_message_of_the_assistant()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris", "."));

        ChatResponse response = await client.GetResponseAsync(Question, null, Cancellation);

        ChatMessage message = Assert.Single(response.Messages);
        Assert.Equal(ChatRole.Assistant, message.Role);
        Assert.Equal("In Paris.", message.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task A_streamed_answer_is_the_same_as_a_whole_one()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris", "."));

        ChatResponse whole = await client.GetResponseAsync(Question, null, Cancellation);
        ChatResponse streamed = await client.GetStreamingResponseAsync(Question, null, Cancellation).ToChatResponseAsync(Cancellation);

        Assert.Equal(whole.Text, streamed.Text);
        Assert.Equal(whole.FinishReason, streamed.FinishReason);
        Assert.Equal(whole.ModelId, streamed.ModelId);
        Assert.Single(streamed.Messages);
    }

    [Fact]
    public async Task Text_is_streamed_in_more_than_one_update()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris", "."));

        List<ChatResponseUpdate> updates = await StreamAsync(client);

        Assert.True(updates.Count(update => update.Text.Length > 0) > 1);
        Assert.Equal("In Paris.", string.Concat(updates.Select(update => update.Text)));
    }

    [Fact]
    public async Task Every_update_has_the_role_and_the_same_ids()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris", "."));

        List<ChatResponseUpdate> updates = await StreamAsync(client);

        Assert.Equal(ChatRole.Assistant, updates[0].Role);
        Assert.NotEmpty(Assert.Single(updates.Select(update => update.ResponseId).Distinct())!);
        Assert.NotEmpty(Assert.Single(updates.Select(update => update.MessageId).Distinct())!);
    }

    [Fact]
    public async Task Two_answers_have_different_ids()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("a"), ScriptedReply.Of("b"));

        ChatResponse first = await client.GetResponseAsync(Question, null, Cancellation);
        ChatResponse second = await client.GetResponseAsync(Question, null, Cancellation);

        Assert.NotEqual(first.ResponseId, second.ResponseId);
        Assert.NotEqual(first.Messages[0].MessageId, second.Messages[0].MessageId);
    }

    [Fact]
    public async Task The_reason_to_finish_is_on_the_last_update_and_on_no_other()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris", "."));

        List<ChatResponseUpdate> updates = await StreamAsync(client);

        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.All(updates[..^1], update => Assert.Null(update.FinishReason));
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_says_so()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Par") with { IsCut = true });
        ChatOptions options = new() { MaxOutputTokens = 2 };

        Assert.Equal(ChatFinishReason.Length, (await client.GetResponseAsync(Question, options, Cancellation)).FinishReason);
        Assert.Equal(ChatFinishReason.Length, (await StreamAsync(client, options))[^1].FinishReason);
    }

    [Fact]
    public async Task A_whole_answer_has_counts_of_tokens_that_add_up()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris", "."));

        UsageDetails? usage = (await client.GetResponseAsync(Question, null, Cancellation)).Usage;

        Assert.NotNull(usage);
        Assert.True(usage.InputTokenCount > 0);
        Assert.True(usage.OutputTokenCount > 0);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
    }

    [Fact]
    public async Task Counts_of_tokens_are_streamed_once_and_at_the_end()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris", "."));

        List<ChatResponseUpdate> updates = await StreamAsync(client);

        Assert.Single(updates.SelectMany(update => update.Contents.OfType<UsageContent>()));
        Assert.Contains(updates[^1].Contents, content => content is UsageContent);
        Assert.Equal((await client.GetResponseAsync(Question, null, Cancellation)).Usage?.InputTokenCount, updates.ToChatResponse().Usage?.InputTokenCount);
    }

    [Fact]
    public async Task Answers_name_their_model()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));

        Assert.Equal(ModelName, (await client.GetResponseAsync(Question, null, Cancellation)).ModelId);
        Assert.Equal(ModelName, (await StreamAsync(client))[0].ModelId);
    }

    [Fact]
    public async Task Arguments_are_left_as_they_are()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));
        List<ChatMessage> messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Where?")];
        ChatOptions options = new() { Instructions = "Be kind.", Temperature = 0.5f, StopSequences = ["END"], Tools = [Weather()], AdditionalProperties = new() { ["user"] = "u" } };
        string before = Describe(messages, options);

        await client.GetResponseAsync(messages, options, Cancellation);
        await StreamAsync(client, options, messages);

        Assert.Equal(before, Describe(messages, options));
    }

    [Fact]
    public async Task Messages_are_gone_through_once()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));
        int passes = 0;
        IEnumerable<ChatMessage> Messages()
        {
            passes++;
            yield return Question[0];
        }

        await client.GetResponseAsync(Messages(), null, Cancellation);

        Assert.Equal(1, passes);
    }

    [Fact]
    public async Task Services_are_the_metadata_and_the_client_itself()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));

        ChatClientMetadata metadata = Assert.IsType<ChatClientMetadata>(client.GetService(typeof(ChatClientMetadata)));
        Assert.Equal(ProviderName, metadata.ProviderName);
        Assert.Equal(ModelName, metadata.DefaultModelId);
        Assert.Same(client, client.GetService(typeof(IChatClient)));
        Assert.Same(client, client.GetService(client.GetType()));
    }

    [Fact]
    public async Task There_is_no_service_under_a_key_nor_of_a_strange_type()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));

        Assert.Null(client.GetService(typeof(ChatClientMetadata), "key"));
        Assert.Null(client.GetService(typeof(IChatClient), "key"));
        Assert.Null(client.GetService(typeof(Uri)));
        Assert.Throws<ArgumentNullException>(() => client.GetService(null!));
    }

    [Fact]
    public async Task Many_may_ask_at_once()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris", "."));

        ChatResponse[] whole = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => client.GetResponseAsync(Question, null, Cancellation)));
        List<ChatResponseUpdate>[] streamed = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => StreamAsync(client)));

        Assert.All(whole, response => Assert.Equal("In Paris.", response.Text));
        Assert.All(streamed, updates => Assert.Equal("In Paris.", updates.ToChatResponse().Text));
        Assert.Equal(12, whole.Select(response => response.ResponseId).Concat(streamed.Select(updates => updates[0].ResponseId)).Distinct().Count());
    }

    [Fact]
    public async Task A_call_that_is_cancelled_beforehand_ends_as_cancelled()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));
        using CancellationTokenSource source = new();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(Question, null, source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStreamingResponseAsync(Question, null, source.Token).ToChatResponseAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_stream_that_is_left_early_does_not_spoil_the_next_one()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris", "."));
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Question, null, Cancellation))
        {
            Assert.NotNull(update.ResponseId);
            break;
        }

        Assert.Equal("In Paris.", (await client.GetResponseAsync(Question, null, Cancellation)).Text);
    }

    [Fact]
    public async Task A_stream_does_nothing_until_it_is_read()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("first"), ScriptedReply.Of("second"));

        _ = client.GetStreamingResponseAsync(Question, null, Cancellation);

        Assert.Equal("first", (await client.GetResponseAsync(Question, null, Cancellation)).Text);
    }

    [Fact]
    public async Task An_answer_can_be_put_into_the_history_and_the_conversation_goes_on()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In Paris."), ScriptedReply.Of("Since 1889."));
        List<ChatMessage> history = [.. Question];

        history.AddMessages(await client.GetResponseAsync(history, null, Cancellation));
        history.Add(new ChatMessage(ChatRole.User, "Since when?"));
        history.AddMessages((await StreamAsync(client, null, history)).ToArray());

        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.User, ChatRole.Assistant], history.Select(message => message.Role));
        Assert.Equal("Since 1889.", history[^1].Text);
    }

    [Fact]
    public async Task Instructions_and_system_messages_are_accepted_together()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));

        ChatResponse response = await client.GetResponseAsync([new(ChatRole.System, "Be brief."), .. Question], new() { Instructions = "Be kind." }, Cancellation);

        Assert.Equal("x", response.Text);
        AssertInOrder(Asked.Single(), "Be kind.", "Be brief.", "Where is the tower?");
    }

    [Fact]
    public async Task Settings_of_sampling_are_accepted()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));
        ChatOptions options = new()
        {
            Temperature = 0.5f, TopP = 0.9f, TopK = 40, FrequencyPenalty = 0, PresencePenalty = 0, Seed = 7, MaxOutputTokens = 64, StopSequences = ["\n\n\n"],
        };

        Assert.Equal("x", (await client.GetResponseAsync(Question, options, Cancellation)).Text);
    }

    [Fact]
    public async Task Reasoning_is_told_apart_from_the_answer()
    {
        Assert.SkipUnless(HasReasoning, "This client has no reasoning.");
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In ", "Paris.") with { Reasoning = "A tower in France." });

        foreach (ChatResponse response in new[] { await client.GetResponseAsync(Question, null, Cancellation), (await StreamAsync(client)).ToChatResponse() })
        {
            Assert.Equal("In Paris.", response.Text);
            Assert.Equal("A tower in France.", string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(content => content.Text)));
        }
    }

    [Fact]
    public async Task Reasoning_in_the_history_does_no_harm()
    {
        Assert.SkipUnless(HasReasoning, "This client has no reasoning.");
        using IChatClient client = await CreateAsync(ScriptedReply.Of("In Paris.") with { Reasoning = "Hm." }, ScriptedReply.Of("Since 1889."));
        List<ChatMessage> history = [.. Question];
        history.AddMessages(await client.GetResponseAsync(history, null, Cancellation));
        history.Add(new ChatMessage(ChatRole.User, "Since when?"));

        Assert.Equal("Since 1889.", (await client.GetResponseAsync(history, null, Cancellation)).Text);
    }

    [Fact]
    public async Task Characters_of_every_size_come_through()
    {
        const string Text = "Grüße, 世界 👩‍🚀 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ﷽";
        using IChatClient client = await CreateAsync(ScriptedReply.Of(Text));

        Assert.Equal(Text, (await client.GetResponseAsync([new(ChatRole.User, Text)], null, Cancellation)).Text);
        Assert.Equal(Text, (await StreamAsync(client)).ToChatResponse().Text);
    }

    [Fact]
    public async Task Answers_carry_what_they_were_made_of()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));

        Assert.NotNull((await client.GetResponseAsync(Question, null, Cancellation)).RawRepresentation);
        Assert.All(await StreamAsync(client), update => Assert.NotNull(update.RawRepresentation));
    }

    [Fact]
    public async Task Disposal_may_be_repeated()
    {
        IChatClient client = await CreateAsync(ScriptedReply.Of("x"));

        client.Dispose();
        client.Dispose();

        Assert.NotNull(client.GetService(typeof(ChatClientMetadata)));
    }

    private static async Task<List<ChatResponseUpdate>> StreamAsync(IChatClient client, ChatOptions? options = null, IEnumerable<ChatMessage>? messages = null)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages ?? Question, options, Cancellation))
        {
            updates.Add(update);
        }

        return updates;
    }

    private static string Describe(List<ChatMessage> messages, ChatOptions options) =>
        JsonSerializer.Serialize(messages, AIJsonUtilities.DefaultOptions) + JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions);
}
