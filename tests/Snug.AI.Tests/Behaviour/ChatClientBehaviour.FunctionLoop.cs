using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

// What is expected where the pipeline around a client runs the functions that the model calls.
public abstract partial class ChatClientBehaviour
{
    private static readonly ScriptedReply SecretIsCalled = ScriptedReply.Calling(("secret_number", "{}"));

    [Fact]
    public async Task A_function_without_parameters_is_run_and_its_result_reaches_the_model()
    {
        ChatResponse response = await LoopAsync(AIFunctionFactory.Create(() => 4217, "secret_number"), SecretIsCalled, "It is 4217.");

        Assert.Equal("It is 4217.", response.Text);
        Assert.DoesNotContain("4217", Asked[0], StringComparison.Ordinal);
        Assert.Contains("4217", Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_with_parameters_is_run_with_what_the_model_gave()
    {
        ChatResponse response = await LoopAsync(
            AIFunctionFactory.Create((int a, int b) => a * b, "secret_computation"), ScriptedReply.Calling(("secret_computation", """{"a":42,"b":84}""")), "It is 3528.");

        Assert.Equal("It is 3528.", response.Text);
        Assert.Contains("3528", Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_with_parameters_is_run_in_the_middle_of_a_stream()
    {
        using FunctionLoop client = new(await CreateAsync(ScriptedReply.Calling(("secret_computation", """{"a":42,"b":84}""")), ScriptedReply.Of("It is ", "3528.")));
        AIFunction computation = AIFunctionFactory.Create((int a, int b) => a * b, "secret_computation");

        List<ChatResponseUpdate> updates = await StreamAsync(client, new() { Tools = [computation] });

        Assert.Equal("It is 3528.", string.Concat(updates.Select(update => update.Text)));
        Assert.Contains("3528", Asked[1], StringComparison.Ordinal);
        Assert.Equal([ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant], updates.ToChatResponse().Messages.Select(message => message.Role));
    }

    [Theory]
    [InlineData("""{"id":"foo"}""", "4217")]
    [InlineData("{}", "-1")]
    public async Task A_parameter_that_may_be_left_out_may_be_left_out(string arguments, string result)
    {
        AIFunction function = AIFunctionFactory.Create((string id = "none") => id == "foo" ? 4217 : -1, "secret_number");

        await LoopAsync(function, ScriptedReply.Calling(("secret_number", arguments)), "Done.");

        Assert.Contains(result, Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parameter_that_is_a_record_arrives_whole()
    {
        Person? given = null;
        AIFunction function = AIFunctionFactory.Create((Person person) => (given = person).AgeInYears, "secret_number");

        await LoopAsync(function, ScriptedReply.Calling(("secret_number", """{"person":{"fullName":"John","ageInYears":19,"homeTown":null,"job":"PopStar"}}""")), "Done.");

        Assert.Equal(new Person("John", 19, null, Job.PopStar), given);
    }

    [Fact]
    public async Task A_parameter_that_is_an_array_arrives_whole_and_in_order()
    {
        List<string> cart = [];
        AIFunction function = AIFunctionFactory.Create((string[] items, string shopper) => cart.AddRange([shopper, .. items]), "add_to_cart");

        await LoopAsync(function, ScriptedReply.Calling(("add_to_cart", """{"items":["bacon","lettuce","tomatoes"],"shopper":"Peter"}""")), "Done.");

        Assert.Equal(["Peter", "bacon", "lettuce", "tomatoes"], cart);
    }

    [Fact]
    public async Task Usage_of_all_the_requests_of_a_turn_adds_up()
    {
        IChatClient inner = await CreateAsync(SecretIsCalled, ScriptedReply.Of("It is 42."));
        Watch watch = new(inner);
        using FunctionLoop client = new(watch);
        List<ChatResponseUpdate> updates = await StreamAsync(client, new() { Tools = [AIFunctionFactory.Create(() => 42, "secret_number")] });
        UsageDetails[] each = [.. updates.SelectMany(update => update.Contents.OfType<UsageContent>()).Select(content => content.Details)];

        UsageDetails? total = updates.ToChatResponse().Usage;

        Assert.Equal(2, watch.Requests.Count);
        Assert.Equal(2, each.Length);
        Assert.All(each, usage => Assert.True(usage is { InputTokenCount: > 0, OutputTokenCount: > 0 }));
        Assert.Equal(each.Sum(usage => usage.InputTokenCount), total?.InputTokenCount);
        Assert.Equal(each.Sum(usage => usage.OutputTokenCount), total?.OutputTokenCount);
    }

    [Fact]
    public async Task Several_calls_of_one_turn_are_run_and_their_results_told_apart()
    {
        AIFunction age = AIFunctionFactory.Create((string person) => person == "Elsa" ? "twenty-one" : "eighteen", "age_of");

        ChatResponse response = await LoopAsync(
            age, ScriptedReply.Calling(("age_of", """{"person":"Elsa"}"""), ("age_of", """{"person":"Anna"}""")), "Three years.");

        Assert.Equal("Three years.", response.Text);
        AssertInOrder(Asked[1], "Elsa", "Anna", "twenty-one", "eighteen");
        FunctionResultContent[] results = [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>()];
        Assert.Equal(response.Messages[0].Contents.OfType<FunctionCallContent>().Select(call => call.CallId), results.Select(result => result.CallId));
    }

    [Fact]
    public async Task Any_call_can_be_demanded()
    {
        int runs = 0;
        AIFunction secret = AIFunctionFactory.Create(() => ++runs, "secret_number");
        using FunctionLoop client = new(await CreateAsync(SecretIsCalled, ScriptedReply.Of("Birds are real.")));

        ChatResponse response = await client.GetResponseAsync("Are birds real?", new() { Tools = [secret], ToolMode = ChatToolMode.RequireAny }, Cancellation);

        Assert.Equal(("Birds are real.", 1), (response.Text, runs));
        Assert.True(IsDemanded(Asked[0], null));
        Assert.False(IsDemanded(Asked[1], null));
    }

    [Fact]
    public async Task The_call_of_one_function_can_be_demanded()
    {
        bool isUp = false;
        AIFunction secret = AIFunctionFactory.Create(() => 42, "secret_number");
        AIFunction shields = AIFunctionFactory.Create(() => isUp = true, "shields_up");
        using FunctionLoop client = new(await CreateAsync(ScriptedReply.Calling(("shields_up", "{}")), ScriptedReply.Of("Done.")));

        await client.GetResponseAsync("What is the secret number?", new() { Tools = [secret, shields], ToolMode = ChatToolMode.RequireSpecific("shields_up") }, Cancellation);

        Assert.True(isUp);
        Assert.True(IsDemanded(Asked[0], "shields_up"));
    }

    private async Task<ChatResponse> LoopAsync(AIFunction function, ScriptedReply call, string answer)
    {
        using FunctionLoop client = new(await CreateAsync(call, ScriptedReply.Of(answer)));
        ChatResponse response = await client.GetResponseAsync(Question, new() { Tools = [function] }, Cancellation);
        Assert.Equal(2, Asked.Count);
        return response;
    }

    private sealed record Person(string? FullName, int AgeInYears, string? HomeTown, Job Job);

    private enum Job
    {
        Wombat,
        PopStar,
        Programmer,
        Unknown,
    }
}
