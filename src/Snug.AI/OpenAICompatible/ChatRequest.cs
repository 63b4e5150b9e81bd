using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>
/// Writes a request. Later sources win: the typed options, then <see cref="ChatOptions.AdditionalProperties"/>, then what
/// <see cref="ChatOptions.RawRepresentationFactory"/> makes. Arguments are only read.
/// </summary>
internal static class ChatRequest
{
    private const string Stream = "stream";

    /// <summary>The types of the abstractions, without white space: it would cost the model tokens.</summary>
    public static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    public static JsonObject Write(
        IEnumerable<ChatMessage> messages, ChatOptions? options, OpenAICompatibleOptions client, IChatClient sender, string model, bool asStream)
    {
        OpenAICompatibleServer server = client.Server;
        JsonObject body = new()
        {
            ["model"] = model,
            ["messages"] = ChatRequestMessages.Write(messages, options?.Instructions, client.SendReasoning),
        };
        if (options is not null)
        {
            WriteSampling(body, options, server);
            WriteFormat(body, options.ResponseFormat, server.JsonFormat, Strict(options.AdditionalProperties));
            WriteTools(body, options, server);
            WriteAdditional(body, options, sender);
        }

        body[Stream] = asStream;
        if (asStream && server.AcceptsStreamOptions && !body.ContainsKey("stream_options"))
        {
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        }

        return body;
    }

    private static void WriteSampling(JsonObject body, ChatOptions options, OpenAICompatibleServer server)
    {
        Set(body, "temperature", options.Temperature);
        Set(body, "top_p", options.TopP);
        Set(body, "frequency_penalty", options.FrequencyPenalty);
        Set(body, "presence_penalty", options.PresencePenalty);
        if (options.TopK is { } topK && server.AcceptsTopK)
        {
            body["top_k"] = topK;
        }

        if (options.Seed is { } seed)
        {
            body["seed"] = seed;
        }

        if (options.MaxOutputTokens is { } most)
        {
            if (server.MaxTokensField is MaxTokensField.MaxTokens or MaxTokensField.Both)
            {
                body["max_tokens"] = most;
            }

            if (server.MaxTokensField is MaxTokensField.MaxCompletionTokens or MaxTokensField.Both)
            {
                body["max_completion_tokens"] = most;
            }
        }

        if (options.StopSequences is { Count: > 0 } stops)
        {
            body["stop"] = new JsonArray([.. stops.Select(stop => (JsonNode?)stop)]);
        }

        if (options.Reasoning?.Effort is { } effort)
        {
            body["reasoning_effort"] = effort switch
            {
                ReasoningEffort.None => "none",
                ReasoningEffort.Low => "low",
                ReasoningEffort.Medium => "medium",
                ReasoningEffort.High => "high",
                _ => "xhigh",
            };
        }
    }

    /// <summary>A float as the shortest text that means it: 0.7 and not 0.699999988079071.</summary>
    private static void Set(JsonObject body, string name, float? value)
    {
        if (value is { } number)
        {
            body[name] = JsonValue.Create(number);
        }
    }

    private static void WriteFormat(JsonObject body, ChatResponseFormat? format, JsonFormatStyle style, bool? strict)
    {
        if (format is not ChatResponseFormatJson json)
        {
            // Text is what every server answers with when nothing is said, and some refuse to have it said.
            return;
        }

        body["response_format"] = (style, json.Schema) switch
        {
            (JsonFormatStyle.Grammar, { } schema) => new JsonObject { ["type"] = "json", ["value"] = Node(schema) },
            (JsonFormatStyle.Grammar, null) => new JsonObject { ["type"] = "json", ["value"] = AnyObject() },
            (JsonFormatStyle.SchemaOnly, null) => Schema(AnyObject(), "object", null, null),
            (_, { } schema) => Schema(Node(schema), json.SchemaName, json.SchemaDescription, strict),
            _ => new JsonObject { ["type"] = "json_object" },
        };
    }

    private static JsonObject AnyObject() => new() { ["type"] = "object" };

    private static JsonObject Schema(JsonNode? schema, string? name, string? description, bool? strict)
    {
        JsonObject inner = new() { ["name"] = name ?? "answer" };
        if (description is not null)
        {
            inner["description"] = description;
        }

        inner["schema"] = schema;
        if (strict is not null)
        {
            inner["strict"] = strict;
        }

        return new JsonObject { ["type"] = "json_schema", ["json_schema"] = inner };
    }

    private static void WriteTools(JsonObject body, ChatOptions options, OpenAICompatibleServer server)
    {
        if (options.Tools is not { Count: > 0 } tools)
        {
            return;
        }

        string? required = (options.ToolMode as RequiredChatToolMode)?.RequiredFunctionName;
        bool onlyThatOne = required is not null && !server.AcceptsNamedToolChoice;
        JsonArray list = [];
        foreach (AITool tool in tools)
        {
            if (tool is not AIFunctionDeclaration function)
            {
                throw new NotSupportedException($"The tool '{tool.Name}' ({tool.GetType().Name}) cannot be offered: the chat-completions protocol knows functions only.");
            }

            if (!onlyThatOne || function.Name == required)
            {
                list.Add((JsonNode)Function(function));
            }
        }

        if (required is not null && !tools.Any(tool => tool.Name == required))
        {
            throw new ArgumentException($"The function '{required}' is required and not among the tools.", nameof(options));
        }

        body["tools"] = list;
        JsonNode? choice = options.ToolMode switch
        {
            AutoChatToolMode => "auto",
            NoneChatToolMode => "none",
            RequiredChatToolMode when required is null || onlyThatOne => "required",
            RequiredChatToolMode => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = required } },
            _ => null,
        };
        if (choice is not null)
        {
            body["tool_choice"] = choice;
        }

        if (options.AllowMultipleToolCalls is { } multiple)
        {
            body["parallel_tool_calls"] = multiple;
        }
    }

    private static JsonObject Function(AIFunctionDeclaration function)
    {
        JsonObject inner = new() { ["name"] = function.Name };
        if (!string.IsNullOrEmpty(function.Description))
        {
            inner["description"] = function.Description;
        }

        inner["parameters"] = Node(function.JsonSchema);
        if (Strict(function.AdditionalProperties) is { } strict)
        {
            inner["strict"] = strict;
        }

        return new JsonObject { ["type"] = "function", ["function"] = inner };
    }

    private static void WriteAdditional(JsonObject body, ChatOptions options, IChatClient sender)
    {
        foreach ((string name, object? value) in options.AdditionalProperties ?? [])
        {
            // The abstractions use this name for schemas and functions, where it has been written.
            if (name != "strict")
            {
                body[name] = Node(value);
            }
        }

        object? raw = options.RawRepresentationFactory?.Invoke(sender);
        JsonObject? members = raw switch
        {
            null => null,
            JsonObject given => given,
            JsonElement { ValueKind: JsonValueKind.Object } element => JsonObject.Create(element),
            _ => throw new ArgumentException($"A raw request is a JsonObject or a JsonElement with an object, not {raw.GetType().Name}.", nameof(options)),
        };
        foreach ((string name, JsonNode? value) in members ?? [])
        {
            body[name] = value?.DeepClone();
        }
    }

    private static bool? Strict(IReadOnlyDictionary<string, object?>? properties) =>
        properties is not null && properties.TryGetValue("strict", out object? value) ? value switch
        {
            bool flag => flag,
            JsonElement { ValueKind: JsonValueKind.True } => true,
            JsonElement { ValueKind: JsonValueKind.False } => false,
            _ => null,
        }
        : null;

    internal static JsonNode? Node(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        JsonElement { ValueKind: JsonValueKind.Object } element => JsonObject.Create(element),
        JsonElement { ValueKind: JsonValueKind.Array } element => JsonArray.Create(element),
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        JsonElement element => JsonValue.Create(element),
        _ => JsonSerializer.SerializeToNode(value, Compact.GetTypeInfo(value.GetType())),
    };
}
