using System.Text.Json;
using Microsoft.Extensions.AI;
using Snug.Tests;

namespace Snug.AI.Tests;

/// <summary>Answers that real servers gave, replayed over HTTP. They are no part of the repository.</summary>
public sealed class RecordedAnswerTests
{
    private const string File = "inference-interactions.jsonl";

    [Fact]
    public async Task Every_recorded_stream_of_a_conversation_is_read_to_its_end()
    {
        (string Uri, JsonElement Row)[] rows = [.. Rows().Where(row => IsChat(row.Uri) && IsStream(row.Row))];
        Assert.True(rows.Length >= 13);
        foreach ((string uri, JsonElement row) in rows)
        {
            string body = row.GetProperty("body").GetString()!;
            await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Raw([.. body.Chunk(1000).Select(piece => new string(piece))]));

            List<ChatResponseUpdate> updates = await chat.StreamAsync();

            string expected = string.Concat(Events(body).Select(Delta));
            Assert.True(expected == updates.ToChatResponse().Text, uri);
            Assert.True(expected.Length > 0, uri);
            Assert.NotNull(updates[^1].FinishReason);
            Assert.Single(updates.Select(update => update.MessageId).Distinct());
            Assert.Equal(body.Contains("prompt_tokens", StringComparison.Ordinal), updates.ToChatResponse().Usage is not null);
        }
    }

    /// <summary>The native streams of Text Generation Inference are another protocol, and are told as such.</summary>
    [Fact]
    public async Task Every_recorded_stream_of_another_protocol_is_an_error_and_no_empty_answer()
    {
        (string Uri, JsonElement Row)[] rows = [.. Rows().Where(row => !IsChat(row.Uri) && IsStream(row.Row))];
        Assert.True(rows.Length >= 8);
        foreach ((_, JsonElement row) in rows)
        {
            await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Raw(row.GetProperty("body").GetString()!));

            Assert.Equal(ChatProviderErrorKind.Interrupted, (await Assert.ThrowsAsync<ChatProviderException>(() => chat.StreamAsync())).Kind);
        }
    }

    [Fact]
    public async Task Every_recorded_whole_answer_is_read()
    {
        (string Uri, JsonElement Row)[] rows = [.. Rows().Where(row => IsChat(row.Uri) && !IsStream(row.Row) && row.Row.GetProperty("status").GetInt32() == 200)];
        Assert.True(rows.Length >= 15);
        foreach ((string uri, JsonElement row) in rows)
        {
            string body = row.GetProperty("body").GetString()!;
            await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Json(body));

            ChatResponse response = await chat.AskAsync();

            JsonElement message = JsonElement.Parse(body).GetProperty("choices")[0].GetProperty("message");
            Assert.Equal(message.TryGetProperty("content", out JsonElement content) ? content.GetString() : "", response.Text);
            int calls = message.TryGetProperty("tool_calls", out JsonElement list) && list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;
            FunctionCallContent[] read = [.. response.Messages[0].Contents.OfType<FunctionCallContent>()];
            Assert.True(calls == read.Length, uri);
            Assert.All(read, call => Assert.True(call.Exception is null && call.Arguments!.Count > 0));
            Assert.NotNull(response.FinishReason);
            Assert.True(response.Usage?.TotalTokenCount > 0, uri);
        }
    }

    [Fact]
    public async Task Every_recorded_refusal_is_told_with_its_words()
    {
        (string Uri, JsonElement Row)[] rows = [.. Rows().Where(row => row.Row.GetProperty("status").GetInt32() >= 400)];
        Assert.True(rows.Length >= 8);
        foreach ((_, JsonElement row) in rows)
        {
            int status = row.GetProperty("status").GetInt32();
            await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Json(row.GetProperty("body").GetString()!, status, row.GetProperty("headers").GetProperty("content-type").GetString()!));

            ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => chat.AskAsync());

            Assert.Equal(status == 401 ? ChatProviderErrorKind.Authentication : ChatProviderErrorKind.InvalidRequest, e.Kind);
            Assert.Matches(@"\(\d+ [^:]+: .+\)", e.Message);
        }
    }

    private static (string Uri, JsonElement Row)[] Rows()
    {
        string? root = SharedFixtures.Find(TestPaths.RepositoryRoot);
        Assert.SkipWhen(root is null, SharedFixtures.Missing);
        string path = Path.Join(root, "hub", File);
        return [.. System.IO.File.ReadLines(path).Select(line => JsonElement.Parse(line)).Select(row => (row.GetProperty("uri").GetString()!, row))];
    }

    private static bool IsChat(string uri) => uri.EndsWith("/chat/completions", StringComparison.Ordinal);

    private static bool IsStream(JsonElement row) =>
        row.GetProperty("headers").TryGetProperty("content-type", out JsonElement type) && type.ToString().Contains("event-stream", StringComparison.Ordinal);

    private static IEnumerable<JsonElement> Events(string body) =>
        body.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line[5..].Trim()).Where(data => data != "[DONE]").Select(data => JsonElement.Parse(data));

    private static string? Delta(JsonElement chunk) =>
        chunk.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out JsonElement content) ? content.GetString() : null;
}
