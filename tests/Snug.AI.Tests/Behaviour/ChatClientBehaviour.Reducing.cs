using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

// What is expected where conversations are shortened, and tools chosen, before a request is sent.
public abstract partial class ChatClientBehaviour
{
    private static readonly ChatMessage[] LongConversation =
    [
        new(ChatRole.User, "My name is Alice and I love hiking."), new(ChatRole.Assistant, "Do you have a favourite trail?"),
        new(ChatRole.User, "The Pacific Crest Trail."), new(ChatRole.Assistant, "Which section did you hike?"),
        new(ChatRole.User, "The Sierra Nevada."), new(ChatRole.Assistant, "How long did it take?"),
        new(ChatRole.User, "What is my name?"),
    ];

    [Fact]
    public async Task A_summary_stands_for_what_was_said_before()
    {
        IChatClient inner = await CreateAsync(ScriptedReply.Of("Alice hikes."), ScriptedReply.Of("You are Alice."));
        using Reducing client = new(inner, new SummarizingReducer(inner, kept: 3, threshold: 1));

        ChatResponse response = await client.GetResponseAsync(LongConversation, null, Cancellation);

        Assert.Equal("You are Alice.", response.Text);
        Assert.Equal(2, Asked.Count);
        AssertInOrder(Asked[0], "My name is Alice", "The Pacific Crest Trail.", "Summarize the conversation.");
        Assert.DoesNotContain("Sierra Nevada", Asked[0], StringComparison.Ordinal);
        AssertInOrder(Asked[1], "assistant", "Alice hikes.", "The Sierra Nevada.", "How long did it take?", "What is my name?");
        Assert.DoesNotContain("Pacific Crest", Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_of_the_system_stays_before_the_summary()
    {
        IChatClient inner = await CreateAsync(ScriptedReply.Of("Alice hikes."), ScriptedReply.Of("Arr, Alice."));
        using Reducing client = new(inner, new SummarizingReducer(inner, kept: 2, threshold: 0));

        ChatResponse response = await client.GetResponseAsync([new(ChatRole.System, "Talk like a pirate."), .. LongConversation], null, Cancellation);

        Assert.Equal("Arr, Alice.", response.Text);
        Assert.DoesNotContain("pirate", Asked[0], StringComparison.Ordinal);
        AssertInOrder(Asked[1], "Talk like a pirate.", "Alice hikes.", "How long did it take?", "What is my name?");
    }

    [Fact]
    public async Task A_summary_is_made_once_for_a_turn_with_calls_of_functions()
    {
        IChatClient inner = await CreateAsync(
            ScriptedReply.Of("Alice asks for the weather."), ScriptedReply.Calling(("weather", """{"city":"Miami"}""")), ScriptedReply.Of("Sunny in Miami."));
        using FunctionLoop client = new(new Reducing(inner, new SummarizingReducer(inner, kept: 2, threshold: 0)));

        ChatResponse response = await client.GetResponseAsync(LongConversation, new() { Tools = [Weather()] }, Cancellation);

        Assert.Equal("Sunny in Miami.", response.Text);
        Assert.Equal(3, Asked.Count);
        AssertInOrder(Asked[1], "Alice asks for the weather.", "What is my name?");
        AssertInOrder(Asked[2], "Alice asks for the weather.", "What is my name?", "Miami: 1 days of sun");
    }

    [Fact]
    public async Task A_shortened_conversation_can_be_streamed()
    {
        IChatClient inner = await CreateAsync(ScriptedReply.Of("Alice hikes."), ScriptedReply.Of("You are ", "Alice."));
        using Reducing client = new(inner, new SummarizingReducer(inner, kept: 2, threshold: 0));

        List<ChatResponseUpdate> updates = await StreamAsync(client, null, LongConversation);

        Assert.Equal("You are Alice.", updates.ToChatResponse().Text);
        AssertInOrder(Asked[1], "Alice hikes.", "How long did it take?", "What is my name?");
        Assert.DoesNotContain("Sierra Nevada", Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_summary_is_made_as_the_application_words_it()
    {
        IChatClient inner = await CreateAsync(ScriptedReply.Of("One Alice."), ScriptedReply.Of("Alice."));
        using Reducing client = new(inner, new SummarizingReducer(inner, kept: 2, threshold: 0) { Prompt = "Summarize, with every number." });

        await client.GetResponseAsync(LongConversation, null, Cancellation);

        AssertInOrder(Asked[0], "My name is Alice", "Summarize, with every number.");
        Assert.Contains("One Alice.", Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_are_chosen_by_the_vectors_of_all_that_was_asked()
    {
        (AIFunction law, AIFunction pets, AIFunction maths) = Tools();
        using IEmbeddingGenerator<string, Embedding<float>> embeddings = await CreateEmbeddingsAsync();
        Watch watch = new(await CreateAsync(ScriptedReply.Of("Sure.")));
        using ToolSelection client = new(watch, ToolSelection.Nearest(embeddings, 2, messages => Task.FromResult(UserTexts(messages))));
        List<ChatMessage> history = [new(ChatRole.User, law.Description)];

        history.AddMessages(await client.GetResponseAsync(history, new() { Tools = [maths, pets, law] }, Cancellation));
        history.Add(new ChatMessage(ChatRole.User, pets.Description));
        await client.GetResponseAsync(history, new() { Tools = [maths, pets, law] }, Cancellation);

        Assert.Equal("law", watch.ToolsOf(0)[0]);
        Assert.Equal(["law", "pets"], watch.ToolsOf(1).Order());
        Assert.Contains("pets", Asked[1], StringComparison.Ordinal);
        Assert.DoesNotContain("maths", Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_is_demanded_stays_and_comes_first()
    {
        (AIFunction law, AIFunction pets, AIFunction maths) = Tools();
        using IEmbeddingGenerator<string, Embedding<float>> embeddings = await CreateEmbeddingsAsync();
        Watch watch = new(await CreateAsync(ScriptedReply.Calling(("maths", "{}"))));
        using ToolSelection client = new(watch, ToolSelection.Nearest(embeddings, 1, messages => Task.FromResult(UserTexts(messages))));

        ChatResponse response = await client.GetResponseAsync(
            [new ChatMessage(ChatRole.User, pets.Description)], new() { Tools = [law, pets, maths], ToolMode = ChatToolMode.RequireSpecific("maths") }, Cancellation);

        Assert.Equal(["maths", "pets"], watch.ToolsOf(0));
        Assert.Equal("maths", response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Single().Name);
        Assert.True(IsDemanded(Asked[0], "maths"));
    }

    [Fact]
    public async Task A_tool_that_was_taken_away_is_not_offered_again()
    {
        int runs = 0;
        AIFunction weather = AIFunctionFactory.Create(() => $"Sunny and dry {++runs}.", "weather_report");
        int turns = 0;
        FunctionLoop loop = new(await CreateAsync(ScriptedReply.Calling(("weather_report", "{}")), ScriptedReply.Of("It is fine."), ScriptedReply.Of("I cannot tell.")));
        using ToolSelection client = new(loop, (_, options, _) => Task.FromResult<IList<AITool>>(turns++ == 0 ? options.Tools! : []));
        List<ChatMessage> history = [.. Question];

        history.AddMessages(await client.GetResponseAsync(history, new() { Tools = [weather], ToolMode = ChatToolMode.RequireAny }, Cancellation));
        history.Add(new ChatMessage(ChatRole.User, "And next week?"));
        ChatResponse second = await client.GetResponseAsync(history, new() { Tools = [weather] }, Cancellation);

        Assert.Equal(("I cannot tell.", 1), (second.Text, runs));
        AssertInOrder(Asked[2], "weather_report", "Sunny and dry 1.", "It is fine.", "And next week?");
        Assert.False(OffersTools(Asked[2]));
        Assert.True(OffersTools(Asked[0]));
    }

    [Fact]
    public async Task Tools_can_be_chosen_by_what_the_model_says_of_the_conversation()
    {
        (AIFunction law, AIFunction pets, AIFunction maths) = Tools();
        using IEmbeddingGenerator<string, Embedding<float>> embeddings = await CreateEmbeddingsAsync();
        IChatClient inner = await CreateAsync(ScriptedReply.Of(pets.Description), ScriptedReply.Of("It purrs."));
        Watch watch = new(inner);
        using ToolSelection client = new(watch, ToolSelection.Nearest(
            embeddings, 1, async messages => [(await inner.GetResponseAsync([.. messages, new(ChatRole.System, "Which tools are needed?")], null, Cancellation)).Text]));

        ChatResponse response = await client.GetResponseAsync(Question, new() { Tools = [law, maths, pets] }, Cancellation);

        Assert.Equal("It purrs.", response.Text);
        AssertInOrder(Asked[0], "Where is the tower?", "Which tools are needed?");
        Assert.Equal(["pets"], watch.ToolsOf(0));
    }

    private static (AIFunction Law, AIFunction Pets, AIFunction Maths) Tools() => (
        AIFunctionFactory.Create(() => "law", "law", "the tax law"), AIFunctionFactory.Create(() => "pets", "pets", "cat dog"), AIFunctionFactory.Create(() => "maths", "maths", "query zz"));

    private static string[] UserTexts(IEnumerable<ChatMessage> messages) => [.. messages.Where(message => message.Role == ChatRole.User).Select(message => message.Text)];
}
