using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Asks for a value of a type. What is no object is wrapped into one, because servers take schemas of objects only.</summary>
internal static class StructuredAnswer
{
    private const string Wrapped = "data";

    /// <summary>Asks and reads the answer.</summary>
    /// <param name="client">The client.</param>
    /// <param name="question">The question.</param>
    /// <param name="options">Further options.</param>
    /// <param name="asFormat">Whether the schema is sent as a format; else it stands in the question, and the format is any JSON object.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<T> AskAsync<T>(IChatClient client, string question, ChatOptions? options, bool asFormat, CancellationToken cancellationToken)
    {
        JsonElement schema = AIJsonUtilities.CreateJsonSchema(typeof(T), serializerOptions: AIJsonUtilities.DefaultOptions);
        bool isObject = schema.TryGetProperty("properties", out _);
        if (!isObject)
        {
            JsonObject wrapper = new()
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { [Wrapped] = JsonNode.Parse(schema.GetRawText()) },
                ["required"] = new JsonArray(Wrapped),
                ["additionalProperties"] = false,
            };
            schema = JsonElement.Parse(wrapper.ToJsonString());
        }

        ChatOptions asked = options?.Clone() ?? new ChatOptions();
        asked.ResponseFormat = asFormat ? ChatResponseFormat.ForJsonSchema(schema, typeof(T).Name.TrimEnd('[', ']')) : ChatResponseFormat.Json;
        string text = asFormat ? question : $"{question}\nAnswer as JSON by this schema:\n{schema.GetRawText()}";
        ChatResponse response = await client.GetResponseAsync(text, asked, cancellationToken);
        JsonElement answer = JsonElement.Parse(response.Messages[^1].Text);
        return (isObject ? answer : answer.GetProperty(Wrapped)).Deserialize<T>(AIJsonUtilities.DefaultOptions)!;
    }
}
