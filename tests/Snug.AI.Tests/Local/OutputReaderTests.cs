using System.Text.Json;

namespace Snug.AI.Tests;

public sealed class OutputReaderTests
{
    private const string GptOss = "<|channel|>analysis<|message|> <|channel|>commentary to=";

    private static readonly ToolSchemas Tools = new(new Dictionary<string, JsonElement>
    {
        ["weather"] = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}}}""").RootElement,
        ["now"] = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement,
    });

    public static TheoryData<string, string> Calls() => new()
    {
        { "<tool_call>", "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"12\", \"days\": 3}}\n</tool_call>" },
        { "<tool_call>", "<tool_call>{\"name\": \"weather\", \"arguments\": \"{\\\"city\\\": \\\"12\\\", \\\"days\\\": 3}\"}</tool_call>" },
        { "<tool_call><function=<parameter=", "<tool_call>\n<function=weather>\n<parameter=city>\n12\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>" },
        { "<seed:tool_call>", "<seed:tool_call>\n<function=weather>\n<parameter=city>12</parameter>\n<parameter=days>3</parameter>\n</function>\n</seed:tool_call>" },
        { "<arg_key>", "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>12</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>" },
        { "[TOOL_CALLS]", "[TOOL_CALLS][{\"name\": \"weather\", \"arguments\": {\"city\": \"12\", \"days\": 3}}]" },
        { "[TOOL_CALLS]", "[TOOL_CALLS]weather[ARGS]{\"city\": \"12\", \"days\": 3}" },
        { "[TOOL_CALLS]", "[TOOL_CALLS]weather{\"city\": \"12\", \"days\": 3}" },
        { "<|python_tag|>", "{\"name\": \"weather\", \"parameters\": {\"city\": \"12\", \"days\": 3}}" },
        { "<|python_tag|>", "<|python_tag|>{\"name\": \"weather\", \"parameters\": {\"city\": \"12\", \"days\": 3}}" },
        { "<function=", "<function=weather>{\"city\": \"12\", \"days\": 3}</function>" },
        { "tool▁calls▁begin", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"city\": \"12\", \"days\": 3}<｜tool▁call▁end｜><｜tool▁calls▁end｜>" },
        { "tool▁calls▁begin", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"12\", \"days\": 3}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>" },
        { "START_ACTION", "<|START_ACTION|>[\n {\"tool_name\": \"weather\", \"parameters\": {\"city\": \"12\", \"days\": 3}}\n]<|END_ACTION|>" },
        { "functools", "functools[{\"name\": \"weather\", \"arguments\": {\"city\": \"12\", \"days\": 3}}]" },
        { "tools_prefix", "<|tools_prefix|>[{\"weather\": {\"city\": \"12\", \"days\": 3}}]<|tools_suffix|>" },
        { GptOss, "<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{\"city\": \"12\", \"days\": 3}<|call|>" },
        { GptOss, " to=functions.weather<|channel|>commentary json<|message|>{\"city\": \"12\", \"days\": 3}" },
        { "<|tool_call>call:", "<|tool_call>call:weather{city:<|\"|>12<|\"|>,days:3}<tool_call|>" },
        { ">>>all", ">>>weather\n{\"city\": \"12\", \"days\": 3}" },
        { "'function call' role_sep", "function call<|role_sep|>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"12\", \"days\": 3}}" },
        { "Action:\\n```json", "Action:\n```json\n[\n    {\n        \"tool_name\": \"weather\",\n        \"parameters\": {\"city\": \"12\", \"days\": 3}\n    }\n]```" },
        { "DSML", "<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"weather\">\n<｜DSML｜parameter name=\"city\" string=\"true\">12</｜DSML｜parameter>\n<｜DSML｜parameter name=\"days\" string=\"false\">3</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_of_a_family_is_read_wherever_the_text_is_cut(string template, string text)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            (string said, string thought, List<ToolCall> calls) = Read(template, text, size);

            ToolCall call = Assert.Single(calls);
            Assert.Equal(("", "", "weather"), (said, thought, call.Name));
            Assert.Equal("""{"city":"12","days":3}""", JsonSerializer.Serialize(call.Arguments));
        }
    }

    [Theory]
    [InlineData("<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": </tool_call> and on")]
    [InlineData("<tool_call>{\"name\": 5}</tool_call>")]
    [InlineData("<tool_call>weather please</tool_call>")]
    [InlineData("text\n\n<tool_call>never closed {")]
    [InlineData("I would write <tool")]
    [InlineData("<tool_call></tool_call>")]
    [InlineData("{\"name\": \"weather\", \"arguments\": {}}")]
    public void What_is_no_call_is_text_as_it_was(string text)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            (string said, _, List<ToolCall> calls) = Read("<tool_call>", text, size);

            Assert.Empty(calls);
            Assert.Equal(text, said);
        }
    }

    [Theory]
    [InlineData("{\"name\": \"unknown\", \"parameters\": {}}")]
    [InlineData("{\"city\": \"Paris\"}")]
    [InlineData("{ not json")]
    [InlineData("<|python_tag|>print(1)")]
    public void An_object_that_calls_no_function_of_the_request_is_text(string text)
    {
        (string said, _, List<ToolCall> calls) = Read("<|python_tag|>", text, 3);

        Assert.Empty(calls);
        Assert.Equal(text, said);
    }

    [Fact]
    public void Text_and_several_calls_come_in_order_without_the_white_space_between()
    {
        const string Text = "Let me look.\n\n<tool_call>\n{\"name\": \"now\"}\n</tool_call>\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"</tool_call>\"}}\n</tool_call>\n";
        for (int size = 1; size <= Text.Length; size++)
        {
            (string said, _, List<ToolCall> calls) = Read("<tool_call>", Text, size);

            Assert.Equal("Let me look.", said);
            Assert.Equal(["now", "weather"], calls.Select(call => call.Name));
            Assert.Equal("</tool_call>", calls[1].Arguments["city"].GetString());
        }
    }

    [Fact]
    public void Several_calls_of_mistral_follow_one_another_and_ids_stay()
    {
        (string said, _, List<ToolCall> calls) = Read(
            "[TOOL_CALLS]", "[TOOL_CALLS]now[CALL_ID]abcdef123[ARGS]{}[TOOL_CALLS]weather[ARGS]{\"city\": \"x\"}", 4);

        Assert.Equal("", said);
        Assert.Equal([("now", "abcdef123"), ("weather", null)], calls.Select(call => (call.Name, call.Id)));
    }

    [Fact]
    public void A_section_of_kimi_has_the_ids_that_its_template_writes()
    {
        (_, _, List<ToolCall> calls) = Read(
            "tool_calls_section_begin",
            "<|tool_calls_section_begin|><|tool_call_begin|>functions.now:0<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_call_begin|>functions.weather:1<|tool_call_argument_begin|>{\"city\": \"x\"}<|tool_call_end|><|tool_calls_section_end|>",
            5);

        Assert.Equal([("now", "functions.now:0"), ("weather", "functions.weather:1")], calls.Select(call => (call.Name, call.Id)));
    }

    [Fact]
    public void A_built_in_tool_of_llama_is_called_by_its_argument()
    {
        (_, _, List<ToolCall> calls) = Read("<|python_tag|>", "<|python_tag|>brave_search.call(query=\"a (b)\")", 2);

        ToolCall call = Assert.Single(calls);
        Assert.Equal(("brave_search", "a (b)"), (call.Name, call.Arguments["query"].GetString()));
    }

    [Theory]
    [InlineData("<think>", "<think>\nFirst,\n second.\n</think>\n\nThe answer.", false)]
    [InlineData("<think>", "\nFirst,\n second.\n</think>\n\nThe answer.", true)]
    [InlineData("[THINK]", "[THINK]First,\n second.[/THINK]The answer.", false)]
    public void Reasoning_is_told_from_the_answer_wherever_the_text_is_cut(string template, string text, bool isOpen)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            (string said, string thought, _) = Read(template, text, size, isOpen);

            Assert.Equal("First,\n second.", thought);
            Assert.Equal("The answer.", said);
        }
    }

    [Fact]
    public void Reasoning_that_never_ends_stays_reasoning_and_a_mark_within_an_answer_is_text()
    {
        Assert.Equal(("", "on and on", 0), Counted(Read("<think>", "<think>on and on", 3)));
        Assert.Equal(("Tags like <think> are text.", "", 0), Counted(Read("<think>", "Tags like <think> are text.", 3)));
    }

    [Theory]
    [InlineData("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>So: 1 < 2", "So: 1 < 2", "hm", 0)]
    [InlineData("<|channel|>final<|message|>So.", "So.", "", 0)]
    [InlineData("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary to=functions.now <|constrain|>json<|message|>{}<|call|>", "", "hm", 1)]
    [InlineData("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary<|message|>I look.<|end|><|start|>assistant to=functions.now<|channel|>commentary json<|message|>{}<|call|>", "I look.", "hm", 1)]
    [InlineData("<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|> So.", "I look. So.", "hm", 0)]
    public void Channels_are_reasoning_text_and_calls(string text, string expected, string reasoning, int count)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            Assert.Equal((expected, reasoning, count), Counted(Read(GptOss, text, size)));
        }
    }

    [Theory]
    [InlineData(">>>all\nHello\nyou >>", "Hello\nyou >>", 0)]
    [InlineData(">>>all\nI look.>>>now\n{}>>>weather\n{\"city\": \">>>\"}", "I look.", 2)]
    [InlineData(">>>now\n{}", "", 1)]
    [InlineData(">>>all\nTry:\n>>> x\n{}\nor\n>>>", "Try:\n>>> x\n{}\nor\n>>>", 0)]
    public void Recipients_are_the_user_or_functions(string text, string expected, int count)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            Assert.Equal((expected, "", count), Counted(Read(">>>all", text, size)));
        }
    }

    [Theory]
    [InlineData("weather{city:<|\"|>a,b: {c} \"d\"\n<|\"|>,days:-3}", """{"city":"a,b: {c} \u0022d\u0022\n","days":-3}""")]
    [InlineData("weather{}", "{}")]
    [InlineData("weather{list:[1,<|\"|>x<|\"|>,true,{<|\"|>a b<|\"|>:null}]}", """{"list":[1,"x",true,{"a b":null}]}""")]
    [InlineData("weather{city:Paris}", """{"city":"Paris"}""")]
    public void Values_of_gemma_are_read(string call, string arguments)
    {
        ToolCall read = Assert.Single(Read("<|tool_call>call:", $"<|tool_call>call:{call}<tool_call|>", 3).Calls);

        Assert.Equal(arguments, JsonSerializer.Serialize(read.Arguments));
    }

    [Theory]
    [InlineData("weather{city:<|\"|>never closed}")]
    [InlineData("weather{city:1,,}")]
    [InlineData("weather")]
    [InlineData("{city:1}")]
    public void What_is_no_call_of_gemma_is_text(string call)
    {
        string text = $"<|tool_call>call:{call}<tool_call|>";

        Assert.Equal((text, "", 0), Counted(Read("<|tool_call>call:", text, 2)));
    }

    [Fact]
    public void Reasoning_text_and_a_call_come_apart()
    {
        (string said, string thought, List<ToolCall> calls) = Read("<think><tool_call>", "<think>hm</think>\nSo:\n<tool_call>{\"name\":\"now\"}</tool_call>", 2);

        Assert.Equal(("So:", "hm", "now"), (said, thought, Assert.Single(calls).Name));
    }

    private static (string, string, int) Counted((string Said, string Thought, List<ToolCall> Calls) read) => (read.Said, read.Thought, read.Calls.Count);

    private static (string Said, string Thought, List<ToolCall> Calls) Read(string template, string text, int size, bool isOpen = false)
    {
        OutputReader reader = new(ReasoningFormat.Of(template), isOpen, ToolCallFormat.Of(template), Tools, AnswerFrame.Of(template));
        List<OutputPiece> pieces = [];
        foreach (char[] part in text.Chunk(size))
        {
            pieces.AddRange(reader.Push(new string(part)));
        }

        pieces.AddRange(reader.Finish());
        return (
            string.Concat(pieces.Where(piece => piece is { Call: null, IsReasoning: false }).Select(piece => piece.Text)),
            string.Concat(pieces.Where(piece => piece.IsReasoning).Select(piece => piece.Text)),
            [.. pieces.Select(piece => piece.Call).OfType<ToolCall>()]);
    }
}
