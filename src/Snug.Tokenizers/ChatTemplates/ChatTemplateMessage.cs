using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>
/// A message of a conversation as chat templates see it: a dictionary. Besides <c>role</c> and <c>content</c>, templates know
/// <c>tool_calls</c>, <c>tool_call_id</c>, <c>name</c>, <c>reasoning_content</c> and others.
/// </summary>
public sealed class ChatTemplateMessage
{
    private readonly List<KeyValuePair<string, object?>> _values;

    /// <summary>Creates a message.</summary>
    /// <param name="role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c> …</param>
    /// <param name="content">What is said: a text, or a list of dictionaries for content in parts.</param>
    /// <param name="properties">What else the template knows; values as <see cref="ChatTemplate.Render"/> takes them.</param>
    public ChatTemplateMessage(string role, object? content, IEnumerable<KeyValuePair<string, object?>>? properties = null)
    {
        ArgumentNullException.ThrowIfNull(role);
        _values = [new("role", role), new("content", content), .. properties ?? []];
    }

    private ChatTemplateMessage(List<KeyValuePair<string, object?>> values) => _values = values;

    /// <summary>All that the message has, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Values => _values;

    /// <summary>Who speaks; null when the message does not say.</summary>
    public string? Role => _values.Find(value => value.Key == "role").Value switch
    {
        string role => role,
        JsonElement { ValueKind: JsonValueKind.String } role => role.GetString(),
        _ => null,
    };

    /// <summary>Takes messages from a JSON array of objects, with all that they have.</summary>
    /// <param name="messages">The array.</param>
    /// <exception cref="ArgumentException">The value is no array of objects.</exception>
    public static IReadOnlyList<ChatTemplateMessage> FromJson(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array || messages.EnumerateArray().Any(message => message.ValueKind != JsonValueKind.Object))
        {
            throw new ArgumentException("Messages must be an array of objects.", nameof(messages));
        }

        return
        [
            .. messages.EnumerateArray().Select(message => new ChatTemplateMessage(
                [.. message.EnumerateObject().Select(property => new KeyValuePair<string, object?>(property.Name, property.Value.Clone()))])),
        ];
    }
}
