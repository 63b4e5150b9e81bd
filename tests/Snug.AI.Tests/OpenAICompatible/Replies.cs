using System.Text.Json;

namespace Snug.AI.Tests;

/// <summary>Writes replies as a well-behaved server does.</summary>
internal static class Replies
{
    private static int _number;

    /// <summary>Answers in one piece or as a stream, as the request asks.</summary>
    public static ScriptedServer.Script For(ScriptedReply reply, string model) => async context =>
    {
        // The body has been read already; what was asked for is in the accepted types.
        bool isStream = context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.Ordinal);
        string id = $"chatcmpl-{Interlocked.Increment(ref _number)}";
        await (isStream ? ScriptedServer.Events([.. Stream(reply, model, id), "[DONE]"]) : ScriptedServer.Json(Whole(reply, model, id)))(context);
    };

    public static string Chunk(string delta, string? finish = null, string id = "c1", string usage = "null") =>
        $$"""{"id":"{{id}}","object":"chat.completion.chunk","created":1763000000,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{Quote(finish)}}}],"usage":{{usage}}}""";

    public static string Text(string text, string? finish = null) => Chunk($$"""{"content":{{Quote(text)}}}""", finish);

    public static string Answer(string message, string? finish = "stop", string usage = "null") =>
        $$"""{"id":"c1","object":"chat.completion","created":1763000000,"model":"m","choices":[{"index":0,"message":{{message}},"finish_reason":{{Quote(finish)}}}],"usage":{{usage}}}""";

    private static string Whole(ScriptedReply reply, string model, string id) => $$"""
        {"id":"{{id}}","object":"chat.completion","created":1763000000,"model":"{{model}}","choices":[{"index":0,"message":{"role":"assistant",
        "content":{{(reply.Text.Length == 0 ? "null" : Quote(string.Concat(reply.Text)))}},
        "reasoning_content":{{Quote(reply.Reasoning)}},
        "tool_calls":[{{string.Join(',', reply.Calls.Select((call, index) => Call(call, index)))}}]},
        "logprobs":null,"finish_reason":"{{Finish(reply)}}"}],"usage":{{Usage(reply)}}}
        """;

    private static IEnumerable<string> Stream(ScriptedReply reply, string model, string id)
    {
        string Piece(string delta, string finish = "null") =>
            $$"""{"id":"{{id}}","object":"chat.completion.chunk","created":1763000000,"model":"{{model}}","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}],"usage":null}""";

        yield return Piece("""{"role":"assistant","content":""}""");
        if (reply.Reasoning is { } reasoning)
        {
            yield return Piece($$"""{"reasoning_content":{{Quote(reasoning)}}}""");
        }

        foreach (string text in reply.Text)
        {
            yield return Piece($$"""{"content":{{Quote(text)}}}""");
        }

        for (int i = 0; i < reply.Calls.Length; i++)
        {
            (string name, string arguments) = reply.Calls[i];
            yield return Piece($$$"""{"tool_calls":[{"index":{{{i}}},"id":"call-{{{id}}}-{{{i}}}","type":"function","function":{"name":"{{{name}}}","arguments":""}}]}""");
            foreach (char[] part in arguments.Chunk(3))
            {
                yield return Piece($$$"""{"tool_calls":[{"index":{{{i}}},"function":{"arguments":{{{Quote(new string(part))}}}}}]}""");
            }
        }

        yield return Piece("{}", $"\"{Finish(reply)}\"");
        yield return $$"""{"id":"{{id}}","object":"chat.completion.chunk","created":1763000000,"model":"{{model}}","choices":[],"usage":{{Usage(reply)}}}""";
    }

    private static string Call((string Name, string Arguments) call, int index) =>
        $$$"""{"id":"call-{{{index}}}","type":"function","function":{"name":"{{{call.Name}}}","arguments":{{{Quote(call.Arguments)}}}}}""";

    private static string Finish(ScriptedReply reply) => reply.IsCut ? "length" : reply.Calls.Length > 0 ? "tool_calls" : "stop";

    private static string Usage(ScriptedReply reply)
    {
        int output = Math.Max(1, reply.Text.Length + reply.Calls.Length);
        return $$"""{"prompt_tokens":11,"completion_tokens":{{output}},"total_tokens":{{11 + output}}}""";
    }

    private static string Quote(string? text) => text is null ? "null" : JsonSerializer.Serialize(text);
}
