namespace Snug.AI;

/// <summary>How a family of models writes calls. Which family it is shows in what its chat template writes.</summary>
/// <param name="Name">The family.</param>
/// <param name="Signs">Texts of which the template has all.</param>
/// <param name="Marks">What stands before and behind calls; calls without an end go to the next start or the end of the answer.</param>
/// <param name="Read">Reads what stands between.</param>
internal sealed record ToolCallFormat(
    string Name, string[] Signs, (string Start, string? End)[] Marks, Func<string, ToolSchemas, ToolCallReading> Read)
{
    /// <summary>Marks within calls, which are to stay in the text even if they are special tokens.</summary>
    public string[] Inner { get; init; } = [];

    /// <summary>Whether an answer that begins with an object is a call, too, if it names a function that there is.</summary>
    public bool AllowsBareJson { get; init; }

    /// <summary>How it is made to call; null where calls are not JSON.</summary>
    public DemandedCall? Demanded { get; init; }

    /// <summary>The families, the most particular first.</summary>
    private static readonly ToolCallFormat[] Known =
    [
        new("gpt-oss", ["<|channel|>commentary", "to="],
            [.. ((string[])["<|start|>assistant to=functions.", "<|start|>assistant<|channel|>commentary to=functions.", "<|channel|>commentary to=functions.", " to=functions."])
                .Select(start => (start, (string?)"<|call|>"))],
            NamedCallReader.ReadHarmony)
        {
            Inner = ["<|constrain|>", "<|message|>"], Demanded = new DemandedNamedCall("<|channel|>commentary to=functions.", " <|constrain|>json<|message|>", "<|call|>"),
        },
        new("Gemma", ["<|tool_call>call:"], [("<|tool_call>call:", "<tool_call|>")], GemmaCallReader.Read) { Inner = [GemmaCallReader.Quote] },
        new("Functionary 3.2", [">>>all"], [(">>>", null)], NamedCallReader.ReadRecipient) { Demanded = new DemandedNamedCall("", "\n", "") },
        new("GigaChat 3", ["'function call'", "role_sep"], [("function call<|role_sep|>", null)], JsonCallReader.Read) { Demanded = new DemandedJsonCall("function call<|role_sep|>\n", "") },
        new("Command R+", ["Action:\\n```json"], [("Action:\n```json", "```")], JsonCallReader.Read)
        {
            Demanded = new DemandedJsonCall("Action:\n```json\n", "```", IsArray: true) { NameKey = "tool_name", ArgumentsKey = "parameters" },
        },
        new("DeepSeek V3.2", ["DSML"], [("<｜DSML｜function_calls>", "</｜DSML｜function_calls>"), ("<｜DSML｜tool_calls>", "</｜DSML｜tool_calls>")], TaggedCallReader.ReadInvocations),
        DeepSeek(["tool▁calls▁begin", "```json"], new("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>", "\n```json\n", "\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>")),
        DeepSeek(["tool▁calls▁begin"], new("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜><｜tool▁calls▁end｜>")),
        new("Kimi K2", ["tool_calls_section_begin"], [("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>")], NamedCallReader.ReadKimi)
        {
            Inner = ["<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>"],
            Demanded = new DemandedNamedCall(
                "<|tool_calls_section_begin|><|tool_call_begin|>functions.", ":0<|tool_call_argument_begin|>", "<|tool_call_end|><|tool_calls_section_end|>"),
        },
        new("GLM", ["<arg_key>"], [("<tool_call>", "</tool_call>")], TaggedCallReader.ReadPairs),
        new("Seed", ["<seed:tool_call>"], [("<seed:tool_call>", "</seed:tool_call>")], TaggedCallReader.ReadParameters),
        new("Qwen3 Coder", ["<function=", "<parameter=", "<tool_call>"], [("<tool_call>", "</tool_call>")], TaggedCallReader.ReadParameters),
        new("Functionary 3.1", ["<function="], [("<function=", "</function>")], NamedCallReader.ReadFunctionary) { Demanded = new DemandedNamedCall("<function=", ">", "</function>") },
        new("Mistral", ["[TOOL_CALLS]", "[ARGS]"], [("[TOOL_CALLS]", null)], NamedCallReader.ReadMistral)
        {
            Inner = ["[ARGS]", "[CALL_ID]"], Demanded = new DemandedNamedCall("[TOOL_CALLS]", "[ARGS]", ""),
        },
        new("Mistral", ["[TOOL_CALLS]"], [("[TOOL_CALLS]", null)], NamedCallReader.ReadMistral)
        {
            Inner = ["[ARGS]", "[CALL_ID]"], Demanded = new DemandedJsonCall("[TOOL_CALLS]", "", IsArray: true),
        },
        new("Command", ["START_ACTION"], [("<|START_ACTION|>", "<|END_ACTION|>")], JsonCallReader.Read)
        {
            Demanded = new DemandedJsonCall("<|START_ACTION|>", "<|END_ACTION|>", IsArray: true) { NumberKey = "tool_call_id", NameKey = "tool_name", ArgumentsKey = "parameters" },
        },
        new("Firefunction", ["functools"], [("functools", null)], JsonCallReader.Read) { Demanded = new DemandedJsonCall("functools", "", IsArray: true) },
        new("Apriel", ["<tool_calls>"], [("<tool_calls>", "</tool_calls>")], JsonCallReader.Read) { Demanded = new DemandedJsonCall("<tool_calls>", "</tool_calls>", IsArray: true) },
        new("Apertus", ["tools_prefix"], [("<|tools_prefix|>", "<|tools_suffix|>")], JsonCallReader.Read)
        {
            Demanded = new DemandedJsonCall("<|tools_prefix|>", "<|tools_suffix|>", IsArray: true) { NameKey = null },
        },
        new("GigaChat 3.1", ["<|function_call|>"], [("<|function_call|>", null)], JsonCallReader.Read) { Demanded = new DemandedJsonCall("<|function_call|>", "") },
        new("Granite and Phi", ["<|tool_call|>"], [("<|tool_call|>", "<|/tool_call|>")], JsonCallReader.Read) { Demanded = new DemandedJsonCall("<|tool_call|>", "", IsArray: true) },
        new("Hermes", ["<tool_call>"], [("<tool_call>", "</tool_call>")], JsonCallReader.Read) { Demanded = new DemandedJsonCall("<tool_call>\n", "\n</tool_call>") },
        Llama("\"parameters\": dictionary of argument"),
        Llama("<|python_tag|>"),
    ];

    /// <summary>The family of a template that writes tools and no calls that are known.</summary>
    private static readonly ToolCallFormat Default = Known.First(format => format.Name == "Hermes") with { Name = "unknown", AllowsBareJson = true };

    /// <summary>The family that a template is of.</summary>
    public static ToolCallFormat Of(string template) =>
        Array.Find(Known, format => Array.TrueForAll(format.Signs, sign => template.Contains(sign, StringComparison.Ordinal))) ?? Default;

    /// <summary>Texts that have a meaning in answers.</summary>
    public IEnumerable<string> AllMarks => Marks.SelectMany(mark => (string?[])[mark.Start, mark.End]).OfType<string>().Concat(Inner);

    private static ToolCallFormat DeepSeek(string[] signs, DemandedNamedCall demanded) =>
        new("DeepSeek", signs, [("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>")], NamedCallReader.ReadDeepSeek)
        {
            Inner = ["<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>"], Demanded = demanded,
        };

    private static ToolCallFormat Llama(string sign) => new("Llama", [sign], [("<|python_tag|>", null)], NamedCallReader.ReadLlama)
    {
        AllowsBareJson = true, Demanded = new DemandedJsonCall("", "") { ArgumentsKey = "parameters" },
    };
}
