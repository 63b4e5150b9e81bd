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
        new("DeepSeek V3.2", ["DSML"], [("<｜DSML｜function_calls>", "</｜DSML｜function_calls>"), ("<｜DSML｜tool_calls>", "</｜DSML｜tool_calls>")], TaggedCallReader.ReadInvocations),
        new("DeepSeek", ["tool▁calls▁begin"], [("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>")], NamedCallReader.ReadDeepSeek)
        {
            Inner = ["<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>"],
        },
        new("Kimi K2", ["tool_calls_section_begin"], [("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>")], NamedCallReader.ReadKimi)
        {
            Inner = ["<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>"],
        },
        new("GLM", ["<arg_key>"], [("<tool_call>", "</tool_call>")], TaggedCallReader.ReadPairs),
        new("Seed", ["<seed:tool_call>"], [("<seed:tool_call>", "</seed:tool_call>")], TaggedCallReader.ReadParameters),
        new("Qwen3 Coder", ["<function=", "<parameter=", "<tool_call>"], [("<tool_call>", "</tool_call>")], TaggedCallReader.ReadParameters),
        new("Functionary", ["<function="], [("<function=", "</function>")], NamedCallReader.ReadFunctionary),
        new("Mistral", ["[TOOL_CALLS]"], [("[TOOL_CALLS]", null)], NamedCallReader.ReadMistral) { Inner = ["[ARGS]", "[CALL_ID]"], Demanded = new("[TOOL_CALLS]", "", "arguments", IsArray: true) },
        new("Command", ["START_ACTION"], [("<|START_ACTION|>", "<|END_ACTION|>")], JsonCallReader.Read),
        new("Firefunction", ["functools"], [("functools", null)], JsonCallReader.Read),
        new("Apriel", ["<tool_calls>"], [("<tool_calls>", "</tool_calls>")], JsonCallReader.Read),
        new("Apertus", ["tools_prefix"], [("<|tools_prefix|>", "<|tools_suffix|>")], JsonCallReader.Read),
        new("GigaChat", ["<|function_call|>"], [("<|function_call|>", null)], JsonCallReader.Read),
        new("Granite and Phi", ["<|tool_call|>"], [("<|tool_call|>", "<|/tool_call|>")], JsonCallReader.Read),
        new("Hermes", ["<tool_call>"], [("<tool_call>", "</tool_call>")], JsonCallReader.Read) { Demanded = new("<tool_call>\n", "\n</tool_call>", "arguments") },
        new("Llama", ["\"parameters\": dictionary of argument"], [("<|python_tag|>", null)], NamedCallReader.ReadLlama) { AllowsBareJson = true, Demanded = new("", "", "parameters") },
        new("Llama", ["<|python_tag|>"], [("<|python_tag|>", null)], NamedCallReader.ReadLlama) { AllowsBareJson = true, Demanded = new("", "", "parameters") },
    ];

    /// <summary>The family of a template that writes tools and no calls that are known.</summary>
    private static readonly ToolCallFormat Default = Known.First(format => format.Name == "Hermes") with { Name = "unknown", AllowsBareJson = true };

    /// <summary>The family that a template is of.</summary>
    public static ToolCallFormat Of(string template) =>
        Array.Find(Known, format => Array.TrueForAll(format.Signs, sign => template.Contains(sign, StringComparison.Ordinal))) ?? Default;

    /// <summary>Texts that have a meaning in answers.</summary>
    public IEnumerable<string> AllMarks => Marks.SelectMany(mark => (string?[])[mark.Start, mark.End]).OfType<string>().Concat(Inner);
}
