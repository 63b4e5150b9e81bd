using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Snug.Tokenizers;

namespace Snug.AI;

/// <summary>Turns messages into what chat templates know, as <c>transformers</c> has it.</summary>
internal static class ConversationMapper
{
    private const int ShortIdLength = 9;

    /// <summary>Maps a conversation.</summary>
    /// <exception cref="NotSupportedException">A message has something other than text.</exception>
    public static IReadOnlyList<ChatTemplateMessage> Map(IReadOnlyList<ChatMessage> messages, string? instructions, MessageStyle style)
    {
        // Templates that know a system message want one, at the start.
        int leading = messages.TakeWhile(message => IsSystem(message.Role)).Count();
        string[] system = [.. ((string?[])[instructions, .. messages.Take(leading).Select(TextOf)]).OfType<string>().Where(text => text.Length > 0)];
        List<ChatTemplateMessage> mapped = [];
        string? before = system.Length > 0 ? string.Join("\n\n", system) : null;
        if (before is not null && !style.MergeSystem)
        {
            mapped.Add(new ChatTemplateMessage("system", before));
            before = null;
        }

        Dictionary<string, string> names = new(StringComparer.Ordinal);
        Dictionary<string, FunctionResultContent> results = style.OneCall ? ResultsByCall(messages) : [];
        HashSet<string> answered = new(StringComparer.Ordinal);
        foreach (ChatMessage message in messages.Skip(leading))
        {
            if (before is not null && message.Role == ChatRole.User)
            {
                mapped.Add(new ChatTemplateMessage("user", $"{before}\n\n{TextOf(message)}"));
                before = null;
                continue;
            }

            if (message.Role == ChatRole.Assistant)
            {
                FunctionCallContent[] calls = [.. message.Contents.OfType<FunctionCallContent>()];
                if (!style.OneCall || calls.Length < 2)
                {
                    mapped.Add(Answer(message, calls, style, names));
                    continue;
                }

                foreach (FunctionCallContent call in calls)
                {
                    mapped.Add(Answer(call == calls[0] ? message : new ChatMessage(ChatRole.Assistant, []), [call], style, names));
                    if (results.TryGetValue(call.CallId, out FunctionResultContent? result) && answered.Add(call.CallId))
                    {
                        mapped.Add(Result(result, style, names));
                    }
                }

                continue;
            }

            FunctionResultContent[] given = [.. message.Contents.OfType<FunctionResultContent>()];
            mapped.AddRange(given.Where(result => !answered.Contains(result.CallId)).Select(result => Result(result, style, names)));
            if (given.Length == 0 || message.Contents.OfType<TextContent>().Any())
            {
                mapped.Add(new ChatTemplateMessage(IsSystem(message.Role) ? "system" : message.Role.Value, TextOf(message)));
            }
        }

        return mapped;
    }

    /// <summary>An object as JSON, by the settings of the abstractions.</summary>
    public static JsonElement ToJson(object? value) => value as JsonElement? ?? JsonSerializer.SerializeToElement(
        value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value?.GetType() ?? typeof(object)));

    private static Dictionary<string, FunctionResultContent> ResultsByCall(IReadOnlyList<ChatMessage> messages)
    {
        Dictionary<string, FunctionResultContent> results = new(StringComparer.Ordinal);
        foreach (FunctionResultContent result in messages.SelectMany(message => message.Contents.OfType<FunctionResultContent>()))
        {
            results.TryAdd(result.CallId, result);
        }

        return results;
    }

    private static bool IsSystem(ChatRole role) => role == ChatRole.System || role.Value == "developer";

    private static ChatTemplateMessage Answer(
        ChatMessage message, FunctionCallContent[] given, MessageStyle style, Dictionary<string, string> names)
    {
        List<KeyValuePair<string, object?>> properties = [];
        string text = TextOf(message);
        string reasoning = string.Concat(message.Contents.OfType<TextReasoningContent>().Select(content => content.Text));
        if (reasoning.Length > 0)
        {
            properties.Add(new("reasoning_content", reasoning));
            if (given.Length == 0 || text.Length == 0)
            {
                // The name that gpt-oss has for it. Its template takes no text beside reasoning and calls, and of the two the text counts.
                properties.Add(new("thinking", reasoning));
            }
        }

        List<object?> calls = [];
        foreach (FunctionCallContent call in given)
        {
            names[call.CallId] = call.Name;
            JsonElement arguments = ToJson(call.Arguments ?? new Dictionary<string, object?>());
            calls.Add(new Dictionary<string, object?>
            {
                ["id"] = IdOf(call.CallId, style),
                ["type"] = "function",
                ["function"] = new Dictionary<string, object?>
                {
                    ["name"] = call.Name,
                    ["arguments"] = style.TextArguments ? arguments.GetRawText() : arguments,
                },
            });
        }

        if (calls.Count > 0)
        {
            properties.Add(new("tool_calls", calls));
        }

        return new ChatTemplateMessage("assistant", text.Length == 0 && calls.Count > 0 && !style.EmptyContent ? null : text, properties);
    }

    private static ChatTemplateMessage Result(FunctionResultContent result, MessageStyle style, Dictionary<string, string> names)
    {
        string text = result.Result switch
        {
            string plain => plain,
            JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
            null when result.Exception is { } exception => $"Error: {exception.Message}",
            var other => ToJson(other).GetRawText(),
        };
        List<KeyValuePair<string, object?>> properties = [new("tool_call_id", IdOf(result.CallId, style))];
        if (names.TryGetValue(result.CallId, out string? name))
        {
            properties.Add(new("name", name));
        }

        return new ChatTemplateMessage("tool", text, properties);
    }

    private static string IdOf(string id, MessageStyle style)
    {
        if (!style.ShortIds || (id.Length == ShortIdLength && id.All(char.IsAsciiLetterOrDigit)))
        {
            return id;
        }

        return Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)))[..ShortIdLength];
    }

    private static string TextOf(ChatMessage message)
    {
        foreach (AIContent content in message.Contents)
        {
            if (content is DataContent or UriContent or HostedFileContent)
            {
                throw new NotSupportedException($"The model takes text only, and a message of '{message.Role}' has a {content.GetType().Name}.");
            }
        }

        return message.Text;
    }
}
