using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

// What is expected of functions: offered, called by the model, answered.
public abstract partial class ChatClientBehaviour
{
    [Fact]
    public async Task A_function_that_the_model_calls_is_told_and_not_run()
    {
        bool ran = false;
        AIFunction weather = AIFunctionFactory.Create((string city) => ran = true, "weather");
        using IChatClient client = await CreateAsync(ScriptedReply.Calling(("weather", """{"city":"Paris"}""")));

        ChatResponse response = await client.GetResponseAsync(Question, new() { Tools = [weather] }, Cancellation);

        FunctionCallContent call = Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal("weather", call.Name);
        Assert.Equal("Paris", call.Arguments!["city"]!.ToString());
        Assert.NotEmpty(call.CallId);
        Assert.Null(call.Exception);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.False(ran);
    }

    [Fact]
    public async Task Calls_of_functions_are_streamed_whole()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Calling(("weather", """{"city":"Paris","days":3}""")));

        List<ChatResponseUpdate> updates = await StreamAsync(client, new() { Tools = [Weather()] });

        FunctionCallContent call = Assert.Single(updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>());
        Assert.Equal(["city", "days"], call.Arguments!.Keys.Order());
        Assert.Equal("3", call.Arguments["days"]!.ToString());
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
    }

    [Fact]
    public async Task Several_calls_at_once_have_ids_of_their_own()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Calling(("weather", """{"city":"Paris"}"""), ("weather", """{"city":"Rome"}""")));
        ChatOptions options = new() { Tools = [Weather()], AllowMultipleToolCalls = true };

        foreach (ChatResponse response in new[] { await client.GetResponseAsync(Question, options, Cancellation), (await StreamAsync(client, options)).ToChatResponse() })
        {
            FunctionCallContent[] calls = [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()];
            Assert.Equal(["Paris", "Rome"], calls.Select(call => call.Arguments!["city"]!.ToString()));
            Assert.Equal(2, calls.Select(call => call.CallId).Distinct().Count());
        }
    }

    [Fact]
    public async Task A_function_without_parameters_is_called_without_arguments()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Calling(("now", "{}")));

        ChatResponse response = await client.GetResponseAsync(Question, new() { Tools = [AIFunctionFactory.Create(() => "noon", "now")] }, Cancellation);

        FunctionCallContent call = Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Empty(call.Arguments ?? new Dictionary<string, object?>());
    }

    [Theory]
    [InlineData("text")]
    [InlineData("object")]
    [InlineData("nothing")]
    public async Task Results_of_functions_of_every_form_are_accepted(string form)
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Calling(("weather", """{"city":"Paris"}""")), ScriptedReply.Of("Sunny."));
        ChatOptions options = new() { Tools = [Weather()] };
        List<ChatMessage> history = [.. Question];
        history.AddMessages(await client.GetResponseAsync(history, options, Cancellation));
        FunctionCallContent call = history[^1].Contents.OfType<FunctionCallContent>().Single();
        object? result = form switch { "text" => "sunny", "object" => JsonElement.Parse("""{"sky":"clear","degrees":21}"""), _ => null };

        history.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)]));
        ChatResponse answer = await client.GetResponseAsync(history, options, Cancellation);

        Assert.Equal("Sunny.", answer.Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
    }

    [Fact]
    public async Task Every_tool_mode_is_accepted()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Calling(("weather", """{"city":"Paris"}""")));
        foreach (ChatToolMode mode in new ChatToolMode[] { ChatToolMode.Auto, ChatToolMode.RequireAny, ChatToolMode.RequireSpecific("weather") })
        {
            ChatResponse response = await client.GetResponseAsync(Question, new() { Tools = [Weather()], ToolMode = mode }, Cancellation);

            Assert.Contains(response.Messages.SelectMany(message => message.Contents), content => content is FunctionCallContent);
        }
    }

    [Fact]
    public async Task Tools_may_be_offered_and_forbidden()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("No tool."));

        ChatResponse response = await client.GetResponseAsync(Question, new() { Tools = [Weather()], ToolMode = ChatToolMode.None }, Cancellation);

        Assert.Equal("No tool.", response.Text);
    }

    /// <summary>A function with parameters, for tests that offer one.</summary>
    protected static AIFunction Weather() => AIFunctionFactory.Create(
        ([Description("The city.")] string city, [Description("How many days.")] int days = 1) => $"{city}: {days} days of sun",
        "weather",
        "The weather of a city.");
}
