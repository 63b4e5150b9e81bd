using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>Reads what whole answers and pieces of streams have in common.</summary>
internal static class ChatAnswerReader
{
    /// <summary>The choice that is read; others, if they were asked for, are left to the raw representation.</summary>
    public static JsonElement? FirstChoice(JsonElement root)
    {
        if (Json.Array(root, "choices") is not { } choices)
        {
            return null;
        }

        foreach (JsonElement choice in choices.EnumerateArray())
        {
            if (Json.Count(choice, "index") is null or 0)
            {
                return choice;
            }
        }

        return null;
    }

    /// <summary>Reasoning, text and refusal of a message or of a piece of one.</summary>
    public static List<AIContent> Contents(JsonElement message)
    {
        List<AIContent> contents = [];
        string? reasoning = Json.String(message, "reasoning_content");
        if (string.IsNullOrEmpty(reasoning))
        {
            reasoning = Json.String(message, "reasoning");
        }

        if (!string.IsNullOrEmpty(reasoning))
        {
            contents.Add(new TextReasoningContent(reasoning));
        }

        if (Json.String(message, "content") is { Length: > 0 } text)
        {
            contents.Add(new TextContent(text));
        }
        else if (Json.Array(message, "content") is { } parts)
        {
            AddParts(contents, parts);
        }

        if (Json.String(message, "refusal") is { Length: > 0 } refusal)
        {
            contents.Add(new ErrorContent(refusal) { ErrorCode = "refusal" });
        }

        return contents;
    }

    /// <summary>
    /// The reason in the terms of the abstractions. Names of Text Generation Inference for an ordinary end are ends; what is not known is
    /// passed on as it is.
    /// </summary>
    public static ChatFinishReason? FinishReason(string? reason, bool hasCalls) => reason switch
    {
        null or "" => null,
        "stop" or "eos_token" or "stop_sequence" or "end_turn" => hasCalls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
        "length" or "max_tokens" => ChatFinishReason.Length,
        "tool_calls" or "function_call" or "tool_use" => ChatFinishReason.ToolCalls,
        "content_filter" => ChatFinishReason.ContentFilter,
        _ => new ChatFinishReason(reason),
    };

    /// <summary>Counts of tokens; those that the server does not send stay unset.</summary>
    public static UsageDetails? Usage(JsonElement root)
    {
        if (Json.Object(root, "usage") is not { } usage)
        {
            return null;
        }

        UsageDetails details = new()
        {
            InputTokenCount = Json.Count(usage, "prompt_tokens"),
            OutputTokenCount = Json.Count(usage, "completion_tokens"),
            TotalTokenCount = Json.Count(usage, "total_tokens"),
        };
        if (Json.Object(usage, "prompt_tokens_details") is { } input)
        {
            details.CachedInputTokenCount = Json.Count(input, "cached_tokens");
        }

        if (Json.Object(usage, "completion_tokens_details") is { } output)
        {
            details.ReasoningTokenCount = Json.Count(output, "reasoning_tokens");
            AddCount(details, output, "accepted_prediction_tokens");
            AddCount(details, output, "rejected_prediction_tokens");
        }

        return details.InputTokenCount is null && details.OutputTokenCount is null && details.TotalTokenCount is null ? null : details;
    }

    public static DateTimeOffset? CreatedAt(JsonElement root) =>
        Json.Count(root, "created") is { } seconds and > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>The id of the answer. Some servers send an empty one, and a message has to have one.</summary>
    public static string Id(JsonElement root) =>
        Json.Text(root, "id") is { Length: > 0 } id ? id : $"chatcmpl-{Guid.NewGuid():N}";

    public static AdditionalPropertiesDictionary? AdditionalProperties(JsonElement root) =>
        Json.String(root, "system_fingerprint") is { Length: > 0 } fingerprint ? new() { ["system_fingerprint"] = fingerprint } : null;

    private static void AddCount(UsageDetails details, JsonElement parent, string name)
    {
        if (Json.Count(parent, name) is { } count)
        {
            (details.AdditionalCounts ??= [])[name] = count;
        }
    }

    /// <summary>Content in parts: text, and thoughts as some servers nest them.</summary>
    private static void AddParts(List<AIContent> contents, JsonElement parts)
    {
        foreach (JsonElement part in parts.EnumerateArray())
        {
            if (Json.String(part, "text") is { Length: > 0 } text)
            {
                contents.Add(new TextContent(text));
            }
            else if (Json.String(part, "refusal") is { Length: > 0 } refusal)
            {
                contents.Add(new ErrorContent(refusal) { ErrorCode = "refusal" });
            }
            else if (Json.String(part, "thinking") is { Length: > 0 } thought)
            {
                contents.Add(new TextReasoningContent(thought));
            }
            else if (Json.Array(part, "thinking") is { } thoughts)
            {
                StringBuilder joined = new();
                foreach (JsonElement piece in thoughts.EnumerateArray())
                {
                    joined.Append(Json.String(piece, "text"));
                }

                contents.Add(new TextReasoningContent(joined.ToString()));
            }
        }
    }
}
