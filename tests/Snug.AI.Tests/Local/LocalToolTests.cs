using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Snug.Inference;
using Snug.Inference.Tests;
using Snug.Tests;

namespace Snug.AI.Tests;

public sealed class LocalToolTests(RandomModelFixture fixture) : IClassFixture<RandomModelFixture>
{
    private static readonly AIFunction Weather = AIFunctionFactory.Create(
        (string city, int days, int? limit = null) => $"{city} {days} {limit}", "get_weather", "Tells the weather.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_told_and_its_result_travels_back_with_its_id()
    {
        using LocalChatClient client = new(fixture.Model);
        List<ChatMessage> messages = [new(ChatRole.User, "Weather in Paris?")];
        ChatResponse first = await client.GetResponseAsync(
            messages, With("Let me see.\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\", \"days\": 2}}\n</tool_call>"), Cancellation);
        FunctionCallContent call = Assert.Single(first.Messages[0].Contents.OfType<FunctionCallContent>());
        messages.AddRange(first.Messages);
        messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, new { sky = "clear" })]));

        ChatResponse second = await client.GetResponseAsync(messages, With("It is clear."), Cancellation);

        Assert.Equal(("Let me see.", ChatFinishReason.ToolCalls), (first.Text, first.FinishReason));
        Assert.Equal(("get_weather", "Paris", "2"), (call.Name, call.Arguments!["city"]!.ToString(), call.Arguments["days"]!.ToString()));
        Assert.Equal("It is clear.", second.Text);
        Assert.True(second.Usage!.CachedInputTokenCount > 0);
    }

    [Fact]
    public async Task Only_the_first_call_is_told_where_several_are_not_wanted()
    {
        using LocalChatClient client = new(fixture.Model);
        ChatOptions options = With("<tool_call>{\"name\":\"get_weather\"}</tool_call><tool_call>{\"name\":\"get_weather\"}</tool_call>");
        options.AllowMultipleToolCalls = false;

        ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

        Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
    }

    [Fact]
    public async Task Reasoning_that_is_not_wanted_is_left_out()
    {
        using LocalChatClient client = new(fixture.Model);
        ChatOptions options = With("<think>Well.</think>\n\nYes.");
        options.Reasoning = new ReasoningOptions { Output = ReasoningOutput.None };

        ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

        Assert.Equal("Yes.", response.Text);
        Assert.Empty(response.Messages[0].Contents.OfType<TextReasoningContent>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_call_that_is_demanded_comes_from_a_model_without_any_sense(int seed)
    {
        using LocalChatClient client = new(fixture.Model);
        ChatOptions options = new() { Tools = [Weather], ToolMode = ChatToolMode.RequireSpecific("get_weather"), Temperature = 1, Seed = seed, MaxOutputTokens = 150 };

        ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

        FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        JsonElement arguments = JsonSerializer.SerializeToElement(call.Arguments, AIJsonUtilities.DefaultOptions);
        Assert.Equal("get_weather", call.Name);
        Assert.Null(SchemaValidator.Check(arguments, Weather.JsonSchema));
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct")]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407")]
    [InlineData("Mistral-Small-3.2-24B-Instruct-2506")]
    [InlineData("CohereForAI-c4ai-command-r7b-12-2024-tool_use")]
    [InlineData("fireworks-ai-llama-3-firefunction-v2")]
    [InlineData("unsloth-Apriel-1.5")]
    [InlineData("Apertus-8B-Instruct")]
    [InlineData("GigaChat3-10B-A1.8B")]
    [InlineData("GigaChat3.1-10B-A1.8B")]
    [InlineData("ibm-granite-granite-3.3-2B-Instruct")]
    [InlineData("llama-cpp-deepseek-r1")]
    [InlineData("moonshotai-Kimi-K2")]
    [InlineData("meetkai-functionary-medium-v3.1")]
    [InlineData("meetkai-functionary-medium-v3.2")]
    [InlineData("openai-gpt-oss-120b")]
    public async Task A_call_can_be_demanded_of_a_model_of_every_family_whose_arguments_are_json(string name)
    {
        using LocalChatClient client = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = TemplateOf(name) });
        AIFunction other = AIFunctionFactory.Create((Order order) => order.Number, "place_order", "Orders.");
        foreach (ChatToolMode mode in new ChatToolMode[] { ChatToolMode.RequireAny, ChatToolMode.RequireSpecific("place_order") })
        {
            ChatOptions options = new() { Tools = [Weather, other], ToolMode = mode, Temperature = 1, Seed = 5, MaxOutputTokens = 200 };

            ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

            FunctionCallContent call = Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
            Assert.Equal("", response.Text);
            Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
            AIFunction called = mode == ChatToolMode.RequireAny && call.Name == Weather.Name ? Weather : other;
            Assert.Equal(called.Name, call.Name);
            Assert.Null(SchemaValidator.Check(JsonSerializer.SerializeToElement(call.Arguments, AIJsonUtilities.DefaultOptions), called.JsonSchema));
        }
    }

    [Fact]
    public async Task A_call_can_be_demanded_of_functions_with_parameters_of_every_type()
    {
        using LocalChatClient client = new(fixture.Model);
        foreach (AIFunction function in EveryFunction.Create(isStrict: true).Where(function => !function.JsonSchema.GetRawText().Contains("\"not\"", StringComparison.Ordinal)))
        {
            ChatOptions options = new() { Tools = [function], ToolMode = ChatToolMode.RequireAny, Temperature = 1, Seed = 1, MaxOutputTokens = 300 };

            ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

            FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
            Assert.Null(SchemaValidator.Check(JsonSerializer.SerializeToElement(call.Arguments, AIJsonUtilities.DefaultOptions), function.JsonSchema));
        }
    }

    [Fact]
    public async Task A_call_can_be_demanded_in_the_later_form_of_deepseek() =>
        await CheckDemandedAsync("{{ tools }}{{ messages[0].content }}{# tool▁calls▁begin #}");

    [Fact]
    public async Task A_call_can_be_demanded_of_command_r_plus_whose_template_knows_simple_parameters_only()
    {
        await CheckDemandedAsync(TemplateOf("CohereForAI-c4ai-command-r-plus-tool_use"));
    }

    [Theory]
    [InlineData("meetkai-functionary-medium-v3.2")]
    [InlineData("openai-gpt-oss-120b")]
    public async Task Json_is_an_answer_for_the_user_where_the_family_writes_to_whom_it_speaks(string name)
    {
        using LocalChatClient client = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = TemplateOf(name) });
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.Json, Temperature = 1, Seed = 2, MaxOutputTokens = 60 };

        ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(response.Text).ValueKind);
    }

    [Theory]
    [InlineData("meetkai-functionary-medium-v3.2", "all\n{", "now\n")]
    [InlineData("openai-gpt-oss-120b", "<|channel|>final<|message|>{", "<|channel|>commentary to=functions.now")]
    [InlineData("Mistral-Small-3.2-24B-Instruct-2506", "{", "[TOOL_CALLS]now")]
    [InlineData("llama-cpp-deepseek-r1", "{", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>now")]
    [InlineData("Apertus-8B-Instruct", "{", "<|tools_prefix|>[{\"now")]
    public async Task Json_or_a_call_comes_whole_whatever_the_family_writes_around_them(string name, string json, string call)
    {
        using LocalChatClient client = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = TemplateOf(name) });
        ChatOptions options = new() { Tools = [Weather, AIFunctionFactory.Create(() => "noon", "now")], ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 160 };

        ChatResponse answered = await client.GetResponseAsync("Hi", Script.With(new Beginning(json), options), Cancellation);
        ChatResponse called = await client.GetResponseAsync("Hi", Script.With(new Beginning(call), options), Cancellation);

        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(answered.Text).ValueKind);
        Assert.Equal(ChatFinishReason.Stop, answered.FinishReason);
        Assert.Equal("now", Assert.Single(called.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()).Name);
        Assert.Equal(("", ChatFinishReason.ToolCalls), (called.Text, called.FinishReason));
    }

    [Fact]
    public async Task With_tools_and_a_schema_the_answer_is_json_or_a_call()
    {
        using LocalChatClient client = new(fixture.Model);
        JsonElement schema = JsonElement.Parse("""{"type":"object","properties":{"answer":{"type":"integer"}},"required":["answer"]}""");
        ChatOptions json = With("{\"answer\": 42}");
        ChatOptions call = With("<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\", \"days\": 2}}\n</tool_call>");
        json.ResponseFormat = call.ResponseFormat = ChatResponseFormat.ForJsonSchema(schema);

        ChatResponse answered = await client.GetResponseAsync("Hi", json, Cancellation);
        ChatResponse called = await client.GetResponseAsync("Hi", call, Cancellation);

        Assert.Equal(("{\"answer\": 42}", ChatFinishReason.Stop), (answered.Text, answered.FinishReason));
        Assert.Equal("get_weather", Assert.Single(called.Messages[0].Contents.OfType<FunctionCallContent>()).Name);
        Assert.Equal("", called.Text);
    }

    [Fact]
    public async Task A_call_that_cannot_be_demanded_is_refused()
    {
        using LocalChatClient client = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = "{{ tools }}<arg_key>" });
        using LocalChatClient without = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = "{{ messages }}" });

        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("Hi", new() { Tools = [Weather], ToolMode = ChatToolMode.RequireAny }, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Hi", new() { ToolMode = ChatToolMode.RequireAny }, Cancellation));
        await Assert.ThrowsAsync<NotSupportedException>(() => without.GetResponseAsync("Hi", new() { Tools = [Weather] }, Cancellation));
    }

    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct")]
    [InlineData("Qwen-Qwen3-0.6B")]
    [InlineData("Qwen-QwQ-32B")]
    [InlineData("Qwen3-Coder")]
    [InlineData("Qwen3.5-4B")]
    [InlineData("NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use")]
    [InlineData("NousResearch-Hermes-3-Llama-3.1-8B-tool_use")]
    [InlineData("Bielik-11B-v3.0-Instruct")]
    [InlineData("MiMo-VL")]
    [InlineData("Reka-Edge")]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct")]
    [InlineData("meta-llama-Llama-3.2-3B-Instruct")]
    [InlineData("meta-llama-Llama-3.3-70B-Instruct")]
    [InlineData("meetkai-functionary-medium-v3.1")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407")]
    [InlineData("Mistral-Small-3.2-24B-Instruct-2506")]
    [InlineData("mistralai-Ministral-3-14B-Reasoning-2512")]
    [InlineData("unsloth-mistral-Devstral-Small-2507")]
    [InlineData("unsloth-Apriel-1.5")]
    [InlineData("Apriel-1.6-15b-Thinker-fixed")]
    [InlineData("Apertus-8B-Instruct")]
    [InlineData("GLM-4.6")]
    [InlineData("GLM-4.7-Flash")]
    [InlineData("ByteDance-Seed-OSS")]
    [InlineData("NVIDIA-Nemotron-3-Nano-30B-A3B-BF16")]
    [InlineData("StepFun3.5-Flash")]
    [InlineData("CohereForAI-c4ai-command-r7b-12-2024-tool_use")]
    [InlineData("deepseek-ai-DeepSeek-V3.2")]
    [InlineData("moonshotai-Kimi-K2")]
    [InlineData("GigaChat3.1-10B-A1.8B")]
    [InlineData("GigaChat3-10B-A1.8B")]
    [InlineData("openai-gpt-oss-120b")]
    [InlineData("google-gemma-4-31B-it")]
    [InlineData("google-gemma-4-31B-it-interleaved")]
    [InlineData("meetkai-functionary-medium-v3.2")]
    [InlineData("CohereForAI-c4ai-command-r-plus-tool_use")]
    [InlineData("Cohere2MoE")]
    [InlineData("llama-cpp-deepseek-r1")]
    [InlineData("fireworks-ai-llama-3-firefunction-v2")]
    public void What_a_template_writes_for_a_call_is_read_as_that_call(string name)
    {
        PromptWriter writer = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = TemplateOf(name) });
        Dictionary<string, object?> arguments = new() { ["city"] = "Paris \"é\"", ["days"] = 3, ["limit"] = 2 };
        List<ChatMessage> messages = [new(ChatRole.User, "Question?")];
        WrittenPrompt asked = writer.Write(messages, new() { Tools = [Weather] });
        messages.Add(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("abcdef123", "get_weather", arguments)]));
        messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("abcdef123", "21 degrees")]));
        string answered = writer.Write(messages, new() { Tools = [Weather] }).Text;
        int from = asked.Text.AsSpan().CommonPrefixLength(answered);
        if (answered.LastIndexOf('<', from) is var tag and >= 0 && answered.IndexOf('>', tag, from - tag) < 0)
        {
            // Two marks that begin alike.
            from = tag;
        }

        int to = answered.IndexOf("21 degrees", from, StringComparison.Ordinal);

        // What follows a call in the conversation ends the answer, so it is taken away bit by bit until the call is the last.
        Assert.True(to > 0, "The result of the call is not written.");
        ToolCall? call = null;
        for (int end = to; end > from && call is null; end--)
        {
            OutputReader reader = (asked with { Reasoning = null }).CreateReader(new AnswerPlan("", "", null));
            call = reader.Push(answered[from..end]).Concat(reader.Finish()).Select(piece => piece.Call).FirstOrDefault(found => found?.Arguments.Count == 3);
        }

        Assert.NotNull(call);
        Assert.Equal("get_weather", call.Name);
        Assert.Equal("Paris \"é\"", call.Arguments["city"].GetString());
        Assert.Equal(3, call.Arguments["days"].GetInt32());
        Assert.Equal(2, call.Arguments["limit"].GetInt32());
    }

    [Fact]
    public void The_reasoning_of_a_turn_with_calls_goes_back_to_gpt_oss()
    {
        PromptWriter writer = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = TemplateOf("openai-gpt-oss-120b") });
        ChatMessage turn = new(ChatRole.Assistant, [new TextReasoningContent("Look it up."), new FunctionCallContent("c1", "get_weather", new Dictionary<string, object?>())]);
        List<ChatMessage> messages = [new(ChatRole.User, "Question?"), turn, new(ChatRole.Tool, [new FunctionResultContent("c1", "21 degrees")])];

        string quiet = writer.Write(messages, new() { Tools = [Weather] }).Text;
        turn.Contents.Insert(1, new TextContent("I look."));
        string said = writer.Write(messages, new() { Tools = [Weather] }).Text;

        Assert.Contains("<|channel|>analysis<|message|>Look it up.<|end|>", quiet, StringComparison.Ordinal);
        Assert.Contains("I look.", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407")]
    public void Several_calls_with_foreign_ids_are_written_as_the_template_can(string name)
    {
        PromptWriter writer = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = TemplateOf(name) });
        Dictionary<string, object?> arguments = new() { ["city"] = "Paris" };
        List<ChatMessage> messages =
        [
            new(ChatRole.User, "Question?"),
            new(ChatRole.Assistant, [new FunctionCallContent("call_1", "get_weather", arguments), new FunctionCallContent("call_2", "get_weather", arguments)]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", "first result"), new FunctionResultContent("call_2", "second result")]),
        ];

        string text = writer.Write(messages, new() { Tools = [Weather] }).Text;

        Assert.Contains("first result", text, StringComparison.Ordinal);
        Assert.True(text.IndexOf("second result", StringComparison.Ordinal) > text.IndexOf("first result", StringComparison.Ordinal));
    }

    private async Task CheckDemandedAsync(string template)
    {
        using LocalChatClient client = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = template });
        ChatOptions options = new() { Tools = [Weather], ToolMode = ChatToolMode.RequireAny, Temperature = 1, Seed = 5, MaxOutputTokens = 200 };

        ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

        Assert.Equal("get_weather", Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>()).Name);
        Assert.Equal("", response.Text);
    }

    private static string TemplateOf(string name)
    {
        string? fixtures = SharedFixtures.Find(TestPaths.RepositoryRoot);
        Assert.SkipWhen(fixtures is null, SharedFixtures.Missing);
        return File.ReadAllText(Path.Join(fixtures, "templates", name + ".jinja"));
    }

    private ChatOptions With(string text)
    {
        ChatOptions options = Script.Saying(fixture.Model.Tokenizer, text);
        options.Tools = [Weather];
        return options;
    }

    /// <summary>Has the model begin with a text, byte by byte, and go on as it likes.</summary>
    private sealed class Beginning(string text) : ILogitsProcessor
    {
        private const float Certainty = 1000;
        private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);

        public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits)
        {
            int said = tokens.Length - promptLength;
            if (said < _bytes.Length)
            {
                logits[_bytes[said]] += Certainty;
            }
        }
    }

    private sealed record Order(int Number, string? Note, Order? Before);
}
