using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

// What is expected where an answer is to be a value of a type.
public abstract partial class ChatClientBehaviour
{
    private static readonly JsonElement Schema = JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""");

    private const string Jimbo = """{"fullName":"Jimbo Smith","ageInYears":35,"homeTown":"Cardiff","job":"Programmer"}""";

    private static readonly Person JimboSmith = new("Jimbo Smith", 35, "Cardiff", Job.Programmer);

    [Fact]
    public async Task Json_can_be_asked_for_with_and_without_a_schema()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("""{"city":""", "\"Paris\"}"));
        foreach (ChatResponseFormat format in new[] { ChatResponseFormat.Json, ChatResponseFormat.ForJsonSchema(Schema, "place", "A place.") })
        {
            ChatResponse whole = await client.GetResponseAsync(Question, new() { ResponseFormat = format }, Cancellation);
            ChatResponse streamed = (await StreamAsync(client, new() { ResponseFormat = format })).ToChatResponse();

            Assert.Equal("Paris", JsonElement.Parse(whole.Text).GetProperty("city").GetString());
            Assert.Equal("Paris", JsonElement.Parse(streamed.Text).GetProperty("city").GetString());
        }
    }

    [Fact]
    public async Task Text_may_be_asked_for_by_name()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of("x"));

        Assert.Equal("x", (await client.GetResponseAsync(Question, new() { ResponseFormat = ChatResponseFormat.Text }, Cancellation)).Text);
    }

    [Fact]
    public Task An_answer_can_be_an_object() => CheckStructuredAsync(JimboSmith, Jimbo);

    [Fact]
    public Task An_answer_can_be_an_array() => CheckStructuredAsync<Person[]>(
        [JimboSmith, new Person("Josh Simpson", 25, "Newport", Job.Programmer)],
        $$$"""{"data":[{{{Jimbo}}},{"fullName":"Josh Simpson","ageInYears":25,"homeTown":"Newport","job":"Programmer"}]}""");

    [Fact]
    public Task An_answer_can_be_an_integer() => CheckStructuredAsync(15, """{"data":15}""");

    [Fact]
    public Task An_answer_can_be_a_text() => CheckStructuredAsync("Jimbo Smith", """{"data":"Jimbo Smith"}""");

    [Fact]
    public Task An_answer_can_be_true() => CheckStructuredAsync(true, """{"data":true}""");

    [Fact]
    public Task An_answer_can_be_false() => CheckStructuredAsync(false, """{"data":false}""");

    [Fact]
    public Task An_answer_can_be_a_value_of_an_enumeration() => CheckStructuredAsync(Job.PopStar, """{"data":"PopStar"}""");

    [Fact]
    public async Task An_answer_can_be_an_object_that_functions_were_called_for()
    {
        int asked = 0;
        AIFunction person = AIFunctionFactory.Create((int id) => (asked = id) == 123 ? JimboSmith : null, "person");
        using FunctionLoop client = new(await CreateAsync(ScriptedReply.Calling(("person", """{"id":123}""")), ScriptedReply.Of(Jimbo)));

        Person answer = await StructuredAnswer.AskAsync<Person>(client, "Who has the id 123?", new() { Tools = [person] }, asFormat: true, Cancellation);

        Assert.Equal((JimboSmith, 123), (answer, asked));
        Assert.NotSame(JimboSmith, answer);
        Assert.Contains("Cardiff", Asked[1], StringComparison.Ordinal);
        Assert.All(Asked, request => CheckFormat(request, hasSchema: true));
    }

    [Fact]
    public async Task An_answer_can_be_an_object_by_the_question_alone()
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of(Jimbo));

        Person answer = await StructuredAnswer.AskAsync<Person>(client, "Who is Jimbo Smith?", null, asFormat: false, Cancellation);

        Assert.Equal(JimboSmith, answer);
        AssertInOrder(Asked.Single(), "Who is Jimbo Smith?", "ageInYears");
        CheckFormat(Asked.Single(), hasSchema: false);
    }

    private async Task CheckStructuredAsync<T>(T expected, string text)
    {
        using IChatClient client = await CreateAsync(ScriptedReply.Of(text));

        T answer = await StructuredAnswer.AskAsync<T>(client, "What is it?", null, asFormat: true, Cancellation);

        Assert.Equal(expected, answer);
        CheckFormat(Asked.Single(), hasSchema: true);
    }
}
