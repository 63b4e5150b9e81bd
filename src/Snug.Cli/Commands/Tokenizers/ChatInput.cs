using System.Text.Json;
using Snug.Tokenizers;

namespace Snug.Cli;

/// <summary>A conversation as a JSON document: an array of messages, or an object with them, tools, documents and other variables.</summary>
internal sealed record ChatInput(IReadOnlyList<ChatTemplateMessage> Messages, ChatTemplateOptions Options)
{
    public static ChatInput Read(JsonElement document, string? template)
    {
        if (document.ValueKind == JsonValueKind.Array)
        {
            return new ChatInput(MessagesOf(document), new ChatTemplateOptions { TemplateName = template });
        }

        if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty("messages", out JsonElement messages))
        {
            throw CliException.Usage("The conversation must be an array of messages, or an object with 'messages'.");
        }

        Dictionary<string, object?> variables = new(StringComparer.Ordinal);
        ChatTemplateOptions options = new() { TemplateName = template };
        foreach (JsonProperty property in document.EnumerateObject())
        {
            switch (property.Name)
            {
                case "messages":
                    break;
                case "tools" or "documents" when property.Value.ValueKind == JsonValueKind.Null:
                    break;
                case "tools":
                    options = options with { Tools = property.Value.Clone() };
                    break;
                case "documents":
                    options = options with { Documents = property.Value.Clone() };
                    break;
                case "add_generation_prompt":
                    options = options with { AddGenerationPrompt = property.Value.ValueKind == JsonValueKind.True };
                    break;
                case "continue_final_message":
                    options = options with { ContinueFinalMessage = property.Value.ValueKind == JsonValueKind.True };
                    break;
                default:
                    variables[property.Name] = property.Value.Clone();
                    break;
            }
        }

        if (options is { AddGenerationPrompt: true, ContinueFinalMessage: true })
        {
            throw CliException.Usage("'add_generation_prompt' and 'continue_final_message' exclude one another.");
        }

        return new ChatInput(MessagesOf(messages), options with { Variables = variables });
    }

    private static IReadOnlyList<ChatTemplateMessage> MessagesOf(JsonElement messages) =>
        messages.ValueKind == JsonValueKind.Array && messages.EnumerateArray().All(message => message.ValueKind == JsonValueKind.Object)
            ? ChatTemplateMessage.FromJson(messages)
            : throw CliException.Usage("Messages must be an array of objects with 'role' and 'content'.");
}
