using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>Writes the messages of a conversation. Each result of a function becomes a message of its own, wherever it stands.</summary>
internal static class ChatRequestMessages
{
    private const int MaxNameLength = 64;

    public static JsonArray Write(IEnumerable<ChatMessage> messages, string? instructions, bool withReasoning)
    {
        JsonArray list = [];
        if (!string.IsNullOrEmpty(instructions))
        {
            list.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = instructions });
        }

        foreach (ChatMessage message in messages)
        {
            Write(list, message, withReasoning);
        }

        return list;
    }

    private static void Write(JsonArray list, ChatMessage message, bool withReasoning)
    {
        JsonArray? calls = null;
        JsonArray parts = [];
        string? refusal = null;
        string reasoning = "";
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case FunctionResultContent result:
                    list.Add((JsonNode)new JsonObject { ["role"] = "tool", ["tool_call_id"] = result.CallId, ["content"] = Text(result) });
                    break;
                case FunctionCallContent call:
                    (calls ??= []).Add((JsonNode)Call(call));
                    break;
                case TextReasoningContent thought:
                    reasoning += thought.Text;
                    break;
                case ErrorContent error:
                    refusal = error.Message;
                    break;
                case UsageContent:
                    break;
                default:
                    parts.Add((JsonNode)Part(content));
                    break;
            }
        }

        bool isAssistant = message.Role == ChatRole.Assistant;
        if (message.Role == ChatRole.Tool && parts.Count == 0 && calls is null)
        {
            return;
        }

        JsonObject written = new() { ["role"] = message.Role.Value };
        if (Name(message.AuthorName) is { } name)
        {
            written["name"] = name;
        }

        written["content"] = parts.Count == 0 && (calls is not null || refusal is not null) ? null : Content(parts, isAssistant || message.Role != ChatRole.User);
        if (withReasoning && isAssistant && reasoning.Length > 0)
        {
            written["reasoning_content"] = reasoning;
        }

        if (refusal is not null && isAssistant)
        {
            written["refusal"] = refusal;
        }

        if (calls is not null)
        {
            written["tool_calls"] = calls;
        }

        // A message that held results only has been written already.
        if (parts.Count > 0 || calls is not null || refusal is not null || !message.Contents.Any(content => content is FunctionResultContent))
        {
            list.Add((JsonNode)written);
        }
    }

    /// <summary>Text alone is sent as a string, which every server and template understands; the texts of an answer are one text.</summary>
    private static JsonNode Content(JsonArray parts, bool isOneText)
    {
        if (parts.Count == 0)
        {
            return JsonValue.Create("");
        }

        bool isText = parts.All(part => part!["type"]!.GetValue<string>() == "text");
        return isText && (isOneText || parts.Count == 1)
            ? JsonValue.Create(string.Concat(parts.Select(part => part!["text"]!.GetValue<string>())))
            : parts;
    }

    private static JsonObject Part(AIContent content) => content switch
    {
        TextContent text => new() { ["type"] = "text", ["text"] = text.Text },
        UriContent image when image.HasTopLevelMediaType("image") => Image(image.Uri.AbsoluteUri, image),
        DataContent image when image.HasTopLevelMediaType("image") => Image(image.Uri, image),
        DataContent audio when AudioFormat(audio.MediaType) is { } format =>
            new() { ["type"] = "input_audio", ["input_audio"] = new JsonObject { ["data"] = audio.Base64Data.ToString(), ["format"] = format } },
        DataContent { MediaType: "application/pdf" } file =>
            new() { ["type"] = "file", ["file"] = new JsonObject { ["filename"] = file.Name ?? "document.pdf", ["file_data"] = file.Uri } },
        DataContent other => throw new NotSupportedException($"Content of the kind {other.MediaType} cannot be sent: images, WAV and MP3 sound and PDF files can."),
        UriContent other => throw new NotSupportedException($"An address of the kind {other.MediaType} cannot be sent: those of images can."),
        _ => throw new NotSupportedException($"{content.GetType().Name} cannot be sent by the chat-completions protocol."),
    };

    private static JsonObject Image(string address, AIContent content)
    {
        JsonObject image = new() { ["url"] = address };
        if (content.AdditionalProperties?.TryGetValue("detail", out object? detail) == true && detail is string text)
        {
            image["detail"] = text;
        }

        return new() { ["type"] = "image_url", ["image_url"] = image };
    }

    private static string? AudioFormat(string mediaType) => mediaType switch
    {
        "audio/wav" or "audio/x-wav" or "audio/wave" or "audio/vnd.wave" => "wav",
        "audio/mpeg" or "audio/mp3" => "mp3",
        _ => null,
    };

    private static JsonObject Call(FunctionCallContent call) => new()
    {
        ["id"] = call.CallId,
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = call.Name,
            ["arguments"] = JsonSerializer.Serialize(
                call.Arguments ?? new Dictionary<string, object?>(), ChatRequest.Compact.GetTypeInfo(typeof(IDictionary<string, object?>))),
        },
    };

    private static string Text(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception is { } exception ? $"Error: {exception.Message}" : "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
        TextContent content => content.Text,
        { } value => JsonSerializer.Serialize(value, ChatRequest.Compact.GetTypeInfo(value.GetType())),
    };

    /// <summary>Names of authors are sent where they have the form that servers accept; a name is not worth a refusal.</summary>
    private static string? Name(string? author) =>
        author is { Length: > 0 and <= MaxNameLength } && author.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? author : null;
}
