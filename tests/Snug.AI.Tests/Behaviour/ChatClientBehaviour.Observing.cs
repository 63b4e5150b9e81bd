using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

// What is expected where conversations are logged and traced.
public abstract partial class ChatClientBehaviour
{
    [Fact]
    public async Task Question_and_answer_can_be_logged()
    {
        using ConversationLog log = new(await CreateAsync(ScriptedReply.Of("The whale.")));

        await log.GetResponseAsync("What is the biggest animal?", null, Cancellation);

        Assert.Collection(
            log.Lines,
            line => Assert.Contains("What is the biggest animal?", line, StringComparison.Ordinal),
            line => Assert.Contains("The whale.", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Question_and_streamed_answer_can_be_logged()
    {
        using ConversationLog log = new(await CreateAsync(ScriptedReply.Of("The ", "whale.")));

        List<ChatResponseUpdate> updates = await StreamAsync(log);

        Assert.Equal(1 + updates.Count, log.Lines.Count);
        Assert.Contains("Where is the tower?", log.Lines[0], StringComparison.Ordinal);
        Assert.Equal("The whale.", string.Concat(log.Lines.Skip(1).Select(line => Read(line).Text)));
        Assert.Equal(ChatFinishReason.Stop, Read(log.Lines[^1]).FinishReason);
    }

    [Fact]
    public async Task Calls_of_functions_and_their_results_can_be_logged()
    {
        ConversationLog log = new(await CreateAsync(SecretIsCalled, ScriptedReply.Of("It is 42.")));
        using FunctionLoop client = new(log);

        await client.GetResponseAsync(Question, new() { Tools = [AIFunctionFactory.Create(() => 42, "secret_number")] }, Cancellation);

        Assert.Collection(
            log.Lines,
            line => Assert.Contains("Where is the tower?", line, StringComparison.Ordinal),
            line => Assert.Contains("\"name\": \"secret_number\"", line, StringComparison.Ordinal),
            line => Assert.Contains("\"result\": 42", line, StringComparison.Ordinal),
            line => Assert.Contains("It is 42.", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Streamed_calls_of_functions_and_their_results_can_be_logged()
    {
        ConversationLog log = new(await CreateAsync(SecretIsCalled, ScriptedReply.Of("It is 42.")));
        using FunctionLoop client = new(log);

        await StreamAsync(client, new() { Tools = [AIFunctionFactory.Create(() => 42, "secret_number")] });

        int second = log.Lines.FindIndex(line => line.Contains("\"result\": 42", StringComparison.Ordinal));
        AssertInOrder(string.Concat(log.Lines[..second]), "Where is the tower?", "\"name\": \"secret_number\"", "\"tool_calls\"");
        Assert.Equal("It is 42.", string.Concat(log.Lines.Skip(second + 1).Select(line => Read(line).Text)));
    }

    [Fact]
    public async Task A_request_can_be_traced_by_what_the_client_tells_of_itself()
    {
        List<Activity> activities = [];
        using ActivitySource source = new($"tests-{Guid.NewGuid():N}");
        using ActivityListener listener = new()
        {
            ShouldListenTo = heard => heard.Name == source.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using Tracing client = new(await CreateAsync(ScriptedReply.Of("The whale.")), source);

        ChatResponse response = await client.GetResponseAsync(Question, null, Cancellation);

        Activity activity = Assert.Single(activities);
        Dictionary<string, object?> tags = activity.TagObjects.ToDictionary();
        Assert.Equal($"chat {ModelName}", activity.DisplayName);
        Assert.Equal(ProviderName, tags["gen_ai.provider.name"]);
        Assert.Equal(ModelName, tags["gen_ai.request.model"]);
        Assert.Equal(ModelName, tags["gen_ai.response.model"]);
        Assert.Equal(response.ResponseId, tags["gen_ai.response.id"]);
        Assert.Equal("stop", tags["gen_ai.response.finish_reasons"]);
        Assert.True(tags["gen_ai.usage.input_tokens"] is > 0L && tags["gen_ai.usage.output_tokens"] is > 0L);
        Assert.Equal(Address?.Host, tags.GetValueOrDefault("server.address"));
        Assert.Equal(Address?.Port, tags.GetValueOrDefault("server.port"));
    }

    private static ChatResponseUpdate Read(string line) => JsonSerializer.Deserialize<ChatResponseUpdate>(line, AIJsonUtilities.DefaultOptions)!;
}
