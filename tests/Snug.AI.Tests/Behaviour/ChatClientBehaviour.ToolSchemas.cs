using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

// What is expected of functions of every kind: those of .NET methods, and those of servers of the Model Context Protocol.
public abstract partial class ChatClientBehaviour
{
    /// <summary>Offered at a time: a request has room for so many.</summary>
    private const int ToolsAtOnce = 5;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Functions_with_parameters_of_every_type_can_be_offered(bool isStrict)
    {
        AIFunction[] functions = EveryFunction.Create(isStrict);
        using IChatClient client = await CreateAsync(ScriptedReply.Of("The tower of Eiffel."));
        foreach (AIFunction[] some in functions.Chunk(ToolsAtOnce))
        {
            ChatResponse response = await client.GetResponseAsync("What is the most popular tower in Paris?", new() { Tools = [.. some] }, Cancellation);

            Assert.Equal("The tower of Eiffel.", response.Text);
            Assert.All(some, function => Assert.Contains($"\"{function.Name}\"", Asked[^1], StringComparison.Ordinal));
            CheckStrictness(Asked[^1], isStrict);
        }
    }
}
