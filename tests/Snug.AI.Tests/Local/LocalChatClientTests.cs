using Microsoft.Extensions.AI;
using Snug.Inference;
using Snug.Pretrained;
using Snug.TestKit;
using Snug.Tokenizers;

namespace Snug.AI.Tests;

public sealed class LocalChatClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PretrainedModel _model;
    private readonly LocalChatClient _client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public LocalChatClientTests()
    {
        _model = PretrainedModel.FromDirectory(RandomModel.Write(_folder), new ModelOptions { Threads = 1 });
        _client = new LocalChatClient(_model);
    }

    public void Dispose()
    {
        _client.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_answer_has_text_usage_finish_reason_and_the_name_of_the_model()
    {
        ChatResponse response = await _client.GetResponseAsync("Hi", Saying("hello world"), Cancellation);

        Assert.Equal("hello world", response.Text);
        Assert.Equal(ChatRole.Assistant, Assert.Single(response.Messages).Role);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(Path.GetFileName(_folder.Root), response.ModelId);
        Assert.Equal(response.Usage!.InputTokenCount + response.Usage.OutputTokenCount, response.Usage.TotalTokenCount);
        Assert.Equal(Tokens("hello world") + 1, response.Usage.OutputTokenCount);
        Assert.NotNull(response.CreatedAt);
    }

    [Fact]
    public async Task Updates_have_the_role_and_one_id_and_the_last_has_usage_and_finish_reason()
    {
        List<ChatResponseUpdate> updates = await _client.GetStreamingResponseAsync("Hi", Saying("hello there world"), Cancellation).ToListAsync(Cancellation);

        Assert.True(updates.Count > 2);
        Assert.Equal("hello there world", string.Concat(updates.Select(update => update.Text)));
        Assert.Equal(ChatRole.Assistant, updates[0].Role);
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.Single(updates.Select(update => update.MessageId).Distinct());
        Assert.All(updates, update => Assert.NotNull(update.RawRepresentation));
        Assert.All(updates[..^1], update => Assert.Null(update.FinishReason));
        Assert.All(updates[..^1], update => Assert.Empty(update.Contents.OfType<UsageContent>()));
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.IsType<UsageContent>(Assert.Single(updates[^1].Contents));
    }

    [Fact]
    public async Task The_most_tokens_of_a_request_end_the_answer_with_length()
    {
        ChatOptions options = Saying("hello world", ends: false);
        options.MaxOutputTokens = 3;

        ChatResponse response = await _client.GetResponseAsync("Hi", options, Cancellation);

        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal(3, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task A_stop_sequence_ends_the_answer_and_is_not_shown()
    {
        ChatOptions options = Saying("hello world and more");
        options.StopSequences = ["", "wor"];

        ChatResponse response = await _client.GetResponseAsync("Hi", options, Cancellation);

        Assert.Equal("hello ", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task The_next_turn_of_a_conversation_computes_only_what_is_new()
    {
        List<ChatMessage> messages = [new(ChatRole.System, "Be short."), new(ChatRole.User, "Hello?")];
        ChatResponse first = await _client.GetResponseAsync(messages, Saying("world"), Cancellation);
        messages.AddRange(first.Messages);
        messages.Add(new ChatMessage(ChatRole.User, "And then?"));

        ChatResponse second = await _client.GetResponseAsync(messages, Saying("and "), Cancellation);

        Assert.Equal(0, first.Usage!.CachedInputTokenCount);
        Assert.True(second.Usage!.CachedInputTokenCount >= first.Usage.InputTokenCount);
    }

    [Fact]
    public async Task Conversations_in_turn_do_not_forget_one_another()
    {
        List<ChatMessage> one = [new(ChatRole.User, "One is a conversation that goes on and on.")];
        List<ChatMessage> two = [new(ChatRole.User, "Two is another one, of which nothing is known.")];
        long cached = 0;
        foreach (List<ChatMessage> conversation in (List<ChatMessage>[])[one, two, one, two])
        {
            ChatResponse response = await _client.GetResponseAsync(conversation, Saying("hello "), Cancellation);
            conversation.AddRange(response.Messages);
            conversation.Add(new ChatMessage(ChatRole.User, "Go on."));
            cached = response.Usage!.CachedInputTokenCount!.Value;
        }

        Assert.True(cached > Tokens(two[0].Text));
    }

    [Fact]
    public async Task Many_threads_get_the_answers_they_would_get_alone()
    {
        using LocalChatClient client = new(_model, new LocalChatClientOptions { MaxSessions = 2 });
        ChatOptions options = new() { MaxOutputTokens = 12, Temperature = 1, Seed = 7 };
        string[] questions = [.. Enumerable.Range(0, 8).Select(n => $"Question {n % 4}?")];
        Dictionary<string, string> alone = [];
        foreach (string question in questions.Distinct())
        {
            alone[question] = (await _client.GetResponseAsync(question, options, Cancellation)).Text;
        }

        ChatResponse[] together = await Task.WhenAll(questions.Select(question => Task.Run(() => client.GetResponseAsync(question, options, Cancellation))));

        Assert.Equal(questions.Select(question => alone[question]), together.Select(response => response.Text));
    }

    [Fact]
    public async Task Instructions_stand_before_what_the_system_says_in_one_message()
    {
        string prompt = await PromptAsync(
            "{% for message in messages %}[{{ message.role }}:{{ message.content }}]{% endfor %}",
            [new(ChatRole.System, "Second."), new(ChatRole.User, "Hi")], new ChatOptions { Instructions = "First." });

        Assert.Equal("[system:First.\n\nSecond.][user:Hi]", prompt);
    }

    [Fact]
    public async Task A_template_that_refuses_the_system_gets_its_words_with_those_of_the_user()
    {
        string prompt = await PromptAsync(
            "{% for message in messages %}{% if message.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}[{{ message.role }}:{{ message.content }}]{% endfor %}",
            [new(ChatRole.System, "Be short."), new(ChatRole.User, "Hi")], null);

        Assert.Equal("[user:Be short.\n\nHi]", prompt);
    }

    [Fact]
    public async Task Variables_come_from_the_client_the_effort_and_the_request()
    {
        ChatOptions options = new()
        {
            Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Low },
            AdditionalProperties = new() { ["chat_template_kwargs"] = new Dictionary<string, object?> { ["b"] = "two" } },
        };
        LocalChatClientOptions client = new() { TemplateVariables = new Dictionary<string, object?> { ["a"] = "one", ["b"] = "none" } };

        string prompt = await PromptAsync("{{ a }} {{ b }} {{ enable_thinking }} {{ reasoning_effort }}", [new(ChatRole.User, "Hi")], options, client);

        Assert.Equal("one two True low", prompt);
    }

    [Fact]
    public async Task What_is_no_text_is_refused()
    {
        ChatMessage message = new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")]);

        NotSupportedException error = await Assert.ThrowsAsync<NotSupportedException>(() => _client.GetResponseAsync(message, null, Cancellation));

        Assert.Contains("DataContent", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_messages_are_refused_before_anything_is_done()
    {
        using LocalChatClient client = new("no/such-model");

        Assert.Throws<ArgumentNullException>(() => { client.GetStreamingResponseAsync(null!, null, Cancellation); });
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.GetResponseAsync((IEnumerable<ChatMessage>)null!, null, Cancellation));
    }

    [Fact]
    public async Task Arguments_are_left_as_they_were()
    {
        ChatOptions options = Saying("hello ");
        options.Instructions = "Be short.";
        List<ChatMessage> messages = [new(ChatRole.User, "Hi")];

        await _client.GetResponseAsync(messages, options, Cancellation);

        Assert.Equal("Hi", Assert.Single(messages).Text);
        Assert.Equal("Be short.", options.Instructions);
    }

    [Fact]
    public async Task Cancellation_ends_an_answer_and_the_next_one_comes()
    {
        using CancellationTokenSource cancel = new();
        int seen = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in _client.GetStreamingResponseAsync("Hi", Saying("hello and the world"), cancel.Token))
            {
                seen++;
                await cancel.CancelAsync();
            }
        });

        Assert.Equal(1, seen);
        Assert.Equal("world", (await _client.GetResponseAsync("Hi", Saying("world"), Cancellation)).Text);
    }

    [Fact]
    public async Task One_who_leaves_an_answer_early_gives_its_session_back()
    {
        using LocalChatClient client = new(_model, new LocalChatClientOptions { MaxSessions = 1 });
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync("Hi", Saying("hello and the world"), Cancellation))
        {
            break;
        }

        Assert.Equal("world", (await client.GetResponseAsync("Hi", Saying("world"), Cancellation)).Text);
    }

    [Fact]
    public async Task A_conversation_that_does_not_fit_is_refused()
    {
        string text = new('x', RandomModel.ContextLength);

        await Assert.ThrowsAsync<PromptTooLongException>(() => _client.GetResponseAsync(text, null, Cancellation));
    }

    [Fact]
    public void Services_are_metadata_the_client_and_the_model_and_none_by_a_key()
    {
        ChatClientMetadata metadata = Assert.IsType<ChatClientMetadata>(_client.GetService(typeof(ChatClientMetadata)));

        Assert.Equal((LocalChatClient.ProviderName, Path.GetFileName(_folder.Root)), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(_client, _client.GetService(typeof(LocalChatClient)));
        Assert.Same(_client, _client.GetService(typeof(IChatClient)));
        Assert.Same(_model, _client.GetService(typeof(PretrainedModel)));
        Assert.Null(_client.GetService(typeof(IChatClient), "key"));
        Assert.Null(_client.GetService(typeof(string)));
    }

    [Fact]
    public async Task A_folder_is_loaded_at_the_first_request_and_freed_with_the_client()
    {
        LocalChatClient client = new(_folder.Root, new LocalChatClientOptions { ModelId = "mine" });
        Assert.Null(client.GetService(typeof(PretrainedModel)));

        ChatResponse response = await client.GetResponseAsync("Hi", Saying("hello "), Cancellation);
        PretrainedModel model = Assert.IsType<PretrainedModel>(client.GetService(typeof(PretrainedModel)));
        client.Dispose();

        Assert.Equal("mine", response.ModelId);
        Assert.Throws<ObjectDisposedException>(() => model.Tokenizer);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync("Hi", null, Cancellation));
    }

    [Fact]
    public async Task A_model_of_somebody_else_outlives_the_client()
    {
        using (LocalChatClient client = new(_model))
        {
            await client.GetResponseAsync("Hi", Saying("hello "), Cancellation);
        }

        Assert.Equal("hello ", (await _client.GetResponseAsync("Hi", Saying("hello "), Cancellation)).Text);
    }

    [Fact]
    public async Task A_model_that_could_not_be_opened_is_tried_again()
    {
        string late = Path.Join(_folder.Root, "late");
        using LocalChatClient client = new(late, new LocalChatClientOptions { Model = new() { Offline = true } });
        await Assert.ThrowsAnyAsync<Exception>(() => client.GetResponseAsync("Hi", null, Cancellation));

        Directory.CreateDirectory(late);
        foreach (string file in Directory.GetFiles(_folder.Root))
        {
            File.Copy(file, Path.Join(late, Path.GetFileName(file)));
        }

        Assert.Equal("hello ", (await client.GetResponseAsync("Hi", Saying("hello "), Cancellation)).Text);
    }

    [Fact]
    public async Task A_model_without_a_template_says_so_and_takes_one_of_the_client()
    {
        File.WriteAllText(Path.Join(_folder.Root, "tokenizer_config.json"), "{}");
        using PretrainedModel bare = PretrainedModel.FromDirectory(_folder.Root, new ModelOptions { Threads = 1 });
        using LocalChatClient without = new(bare);
        using LocalChatClient with = new(bare, new LocalChatClientOptions { ChatTemplate = "{{ messages[0].content }}" });

        await Assert.ThrowsAsync<TokenizerException>(() => without.GetResponseAsync("Hi", null, Cancellation));
        Assert.Equal("hello ", (await with.GetResponseAsync("Hi", Saying("hello "), Cancellation)).Text);
    }

    private ChatOptions Saying(string text, bool ends = true) => Script.Saying(_model.Tokenizer, text, ends);

    private int Tokens(string text) => _model.Tokenizer.EncodeToIds(text, addSpecialTokens: false).Length;

    /// <summary>What the model reads: a processor looks at it.</summary>
    private async Task<string> PromptAsync(string template, List<ChatMessage> messages, ChatOptions? options, LocalChatClientOptions? client = null)
    {
        using LocalChatClient with = new(_model, (client ?? new LocalChatClientOptions()) with { ChatTemplate = template });
        Witness witness = new();
        ChatOptions changed = Script.With(witness, options);
        changed.MaxOutputTokens = 1;
        await with.GetResponseAsync(messages, changed, Cancellation);
        return _model.Tokenizer.Decode(witness.Prompt, skipSpecialTokens: false);
    }

    private sealed class Witness : ILogitsProcessor
    {
        public int[] Prompt { get; private set; } = [];

        public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits) => Prompt = tokens[..promptLength].ToArray();
    }
}
