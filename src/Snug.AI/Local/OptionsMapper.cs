using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Snug.Inference;
using Snug.Pretrained;

namespace Snug.AI;

/// <summary>Turns the options of a request into those of the engine and of the chat template.</summary>
internal static class OptionsMapper
{
    /// <summary>The property of a request with variables for the template, as vLLM and SGLang name it.</summary>
    private const string TemplateVariables = "chat_template_kwargs";

    /// <summary>How text is generated. What <see cref="ChatOptions.RawRepresentationFactory"/> makes wins over the typed fields.</summary>
    public static TextGenerationOptions Generation(IChatClient client, ChatOptions? options, LocalChatClientOptions defaults)
    {
        TextGenerationOptions raw = options?.RawRepresentationFactory?.Invoke(client) as TextGenerationOptions ?? new TextGenerationOptions();
        GenerationOptions typed = new()
        {
            Temperature = options?.Temperature,
            TopK = options?.TopK,
            TopP = options?.TopP,
            MinP = (float?)Number(options, "min_p"),
            RepetitionPenalty = (float?)Number(options, "repetition_penalty"),
            FrequencyPenalty = options?.FrequencyPenalty,
            PresencePenalty = options?.PresencePenalty,
            Seed = unchecked((ulong?)options?.Seed),
            MaxNewTokens = options?.MaxOutputTokens,
        };
        ImmutableArray<string> stops = raw.StopStrings.IsDefaultOrEmpty ? [.. (options?.StopSequences ?? []).Where(stop => stop.Length > 0)] : raw.StopStrings;
        return raw with { Generation = raw.Generation.Over(typed).Over(defaults.Generation), StopStrings = stops };
    }

    /// <summary>Variables of the template: what the client has, how much the model shall think, what the request adds.</summary>
    public static Dictionary<string, object?> Variables(ChatOptions? options, LocalChatClientOptions defaults)
    {
        Dictionary<string, object?> variables = new(defaults.TemplateVariables, StringComparer.Ordinal);
        if (options?.Reasoning?.Effort is { } effort)
        {
            variables["enable_thinking"] = variables["thinking"] = effort != ReasoningEffort.None;
            if (effort != ReasoningEffort.None)
            {
                variables["reasoning_effort"] = effort switch
                {
                    ReasoningEffort.Low => "low",
                    ReasoningEffort.Medium => "medium",
                    _ => "high",
                };
            }
        }

        switch (options?.AdditionalProperties?.GetValueOrDefault(TemplateVariables))
        {
            case JsonElement { ValueKind: JsonValueKind.Object } json:
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    variables[property.Name] = property.Value.Clone();
                }

                break;
            case IEnumerable<KeyValuePair<string, object?>> pairs:
                foreach ((string name, object? value) in pairs)
                {
                    variables[name] = value;
                }

                break;
            default:
                break;
        }

        return variables;
    }

    /// <summary>What the answer must look like; null for any text.</summary>
    public static ChatResponseFormatJson? FormatOf(ChatOptions? options) => options?.ResponseFormat as ChatResponseFormatJson;

    private static double? Number(ChatOptions? options, string name) => options?.AdditionalProperties?.GetValueOrDefault(name) switch
    {
        JsonElement { ValueKind: JsonValueKind.Number } json => json.GetDouble(),
        IConvertible and not string and var value => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
