using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Snug.Hub;
using Snug.TestKit;

namespace Snug.AI.Tests;

/// <summary>What was asked of a provider with a token, where no other test shows it alone.</summary>
public sealed class ProviderContractTests
{
    private static readonly ChatOptions Short = new() { MaxOutputTokens = 3, Seed = 1 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Requirement", "S1-02")]
    [InlineData(ProviderFixture.Token)]
    [InlineData(null)]
    public async Task A_provider_tells_whether_it_has_a_token_and_never_the_token(string? token)
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(token);

        LlmProvider provider = fixture.Create();

        Assert.Equal(token is not null, provider.HasToken);
        Assert.Contains($"\"token_configured\": {(token is null ? "false" : "true")}", provider.Info.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain(ProviderFixture.Token, $"{provider.Info.ToJson()} {provider.Info} {provider.Configuration} {provider}", StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "S1-04")]
    [InlineData("huggingface")]
    [InlineData("huggingface-router")]
    public async Task A_provider_with_a_token_says_so_for_information(string name)
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();

        fixture.Create(new() { Provider = name });

        Assert.True(fixture.Log.Has(LogLevel.Information, "HuggingFace token configured"), fixture.Log.All);
    }

    [Fact]
    [Trait("Requirement", "S1-09")]
    public async Task The_model_path_of_code_and_of_the_environment_is_the_cache_and_files_are_nowhere_else()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        using TemporaryFolder mine = new();

        using (IChatClient client = fixture.Create(new() { ModelPath = mine.Root }).CreateChatClient())
        {
            await client.GetResponseAsync("Hi", Short, Cancellation);
        }

        Assert.Contains(Directory.GetFiles(mine.Root, "*", SearchOption.AllDirectories), file => file.EndsWith("model.safetensors", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(fixture.Root));
        using (IEmbeddingGenerator<string, Embedding<float>> generator = fixture.Create(new() { Model = ProviderFixture.Encoder }).CreateEmbeddingGenerator())
        {
            await generator.GenerateAsync("the cat", null, Cancellation);
        }

        Assert.Equal([fixture.ModelPath], Directory.GetFileSystemEntries(fixture.Root));
    }

    [Theory]
    [Trait("Requirement", "S1-19")]
    [InlineData("unauthorized")]
    [InlineData("forbidden")]
    [InlineData("missing")]
    [InlineData("limited")]
    [InlineData("broken")]
    [InlineData("down")]
    public async Task No_error_of_a_lower_layer_is_all_that_is_said(string situation)
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(situation switch { "unauthorized" => null, "forbidden" => ProviderFixture.Stranger, _ => ProviderFixture.Token });
        string model = situation switch { "unauthorized" or "forbidden" => ProviderFixture.Gated, "missing" => "snug/nowhere", _ => ProviderFixture.Model };
        Fault? fault = situation switch { "limited" => Fault.TooManyRequests(retryAfterSeconds: 3600), "down" => Fault.Refuse(), _ => null };
        if (situation == "broken")
        {
            fixture.Hub.Faults.Add("*", Fault.Custom("not found", (context, _) =>
            {
                context.Response.StatusCode = 418;
                return Task.CompletedTask;
            }));
        }
        else if (fault is not null)
        {
            fixture.Hub.Faults.Add("*", fault);
        }

        LlmProviderServices services = fixture.Services with { Hub = new HubClientOptions { MaxRetries = 0 } };
        using IChatClient client = fixture.Create(new() { Model = model }, services: services).CreateChatClient();
        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("Hi", Short, Cancellation));

        Assert.Contains(model, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n   at ", e.Explain(), StringComparison.Ordinal);
        Assert.DoesNotContain("Response status code does not indicate success", e.Explain(), StringComparison.Ordinal);
        Assert.NotEmpty(e.Advice);
        Assert.Contains("\n1. ", e.Explain(), StringComparison.Ordinal);
        Assert.NotNull(e.InnerException);
    }

    [Theory]
    [Trait("Requirement", "S1-20")]
    [InlineData(null, ProviderFixture.Gated, "authentication")]
    [InlineData(ProviderFixture.Stranger, ProviderFixture.Gated, "forbidden")]
    [InlineData(ProviderFixture.Token, "snug/nowhere", "not_found")]
    [InlineData(ProviderFixture.Token, null, "configuration")]
    public async Task Errors_have_one_type_and_a_stable_code_for_each_class(string? token, string? model, string code)
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(token);
        fixture.Variables["HF_MODEL"] = model;
        string? seen = null;

        try
        {
            using IChatClient client = fixture.Create().CreateChatClient();
            await client.GetResponseAsync("Hi", Short, Cancellation);
        }
        catch (ChatProviderException e)
        {
            seen = e.Code;
        }

        Assert.Equal(code, seen);
        Assert.Equal(Enum.GetValues<ChatProviderErrorKind>().Length, Enum.GetValues<ChatProviderErrorKind>().Select(ChatProviderException.CodeOf).Distinct().Count());
    }

    [Fact]
    [Trait("Requirement", "S1-23")]
    public async Task Where_the_Hub_serves_those_with_a_token_faster_the_model_comes_the_faster_way()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        fixture.Variables["HF_HUB_ETAG_TIMEOUT"] = "300";
        TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Hub.Faults.Add(new FaultRule
        {
            Path = "*/model.safetensors",
            Listener = HubListener.Endpoint,
            Fault = Fault.Custom("those without a token wait", async (context, next) =>
            {
                if (context.Request.Headers.Authorization.Count == 0)
                {
                    await turn.Task.WaitAsync(context.RequestAborted);
                }

                await next();
            }),
        });
        using TemporaryFolder other = new();
        using IChatClient anonymous = fixture.Create(new() { UseAuthToken = false, ModelPath = other.Root }).CreateChatClient();
        using IChatClient known = fixture.Create().CreateChatClient();

        Task<ChatResponse> slow = anonymous.GetResponseAsync("Hi", Short, Cancellation);
        ChatResponse fast = await known.GetResponseAsync("Hi", Short, Cancellation);

        Assert.False(slow.IsCompleted);
        turn.SetResult();
        Assert.Equal(fast.Text, (await slow).Text);
    }

    [Fact]
    [Trait("Requirement", "S1-24")]
    public async Task Once_the_model_is_loaded_the_token_is_used_for_nothing_and_answers_are_those_without_it()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        using IChatClient withToken = fixture.Create().CreateChatClient();
        await withToken.GetResponseAsync("Hi", Short, Cancellation);
        using IChatClient without = fixture.Create(new() { UseAuthToken = false }).CreateChatClient();
        await without.GetResponseAsync("Hi", Short, Cancellation);
        fixture.Hub.Requests.Clear();
        fixture.Hub.Faults.Add("*", Fault.Refuse());

        ChatResponse[] answers = [await withToken.GetResponseAsync("What now?", Short, Cancellation), await without.GetResponseAsync("What now?", Short, Cancellation)];

        Assert.Equal(answers[0].Text, answers[1].Text);
        Assert.Equal(answers[0].Usage!.TotalTokenCount, answers[1].Usage!.TotalTokenCount);
        Assert.Empty(fixture.Hub.Requests.Snapshot());
    }

    [Fact]
    [Trait("Requirement", "S1-26")]
    public async Task The_provider_writes_the_token_into_no_file()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        using (IChatClient client = fixture.Create(new() { Model = ProviderFixture.Gated }).CreateChatClient())
        {
            await client.GetResponseAsync("Hi", Short, Cancellation);
        }

        using (IEmbeddingGenerator<string, Embedding<float>> generator = fixture.Create(new() { Model = ProviderFixture.Encoder }).CreateEmbeddingGenerator())
        {
            await generator.GenerateAsync("the cat", null, Cancellation);
        }

        string[] files = Directory.GetFiles(fixture.Root, "*", SearchOption.AllDirectories);
        Assert.True(files.Length > 5);
        foreach (string file in files)
        {
            Assert.DoesNotContain(ProviderFixture.Token, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancellation)), StringComparison.Ordinal);
        }
    }
}
