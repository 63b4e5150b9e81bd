using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Snug.Hub;
using Snug.TestKit;

namespace Snug.AI.Tests;

/// <summary>Models of the Hub that run in this process: where their token comes from, where it goes, and what is said of it.</summary>
public sealed class HuggingFaceProviderTests
{
    private static readonly ChatOptions Short = new() { MaxOutputTokens = 3, Seed = 1 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "S1-01")]
    public async Task Token_stored_from_the_configuration_is_the_one_that_is_sent()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(token: null);
        LlmProvider provider = new LlmProviderFactory().Create(
            "huggingface", new() { ApiKey = ApiKey.Parse(ProviderFixture.Token), Model = ProviderFixture.Gated, ModelPath = fixture.ModelPath }, fixture.Services);

        using IChatClient client = provider.CreateChatClient();
        await client.GetResponseAsync("Hi", Short, Cancellation);

        Assert.True(provider.HasToken);
        Assert.NotEmpty(fixture.Hub.Requests.Snapshot());
    }

    [Fact]
    [Trait("Requirement", "S1-05")]
    public async Task Warning_without_token_and_a_public_model_is_loaded_all_the_same()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(token: null);
        LlmProvider provider = new LlmProviderFactory().Create("huggingface", new() { Model = ProviderFixture.Model, ModelPath = fixture.ModelPath }, fixture.Services);

        using IChatClient client = provider.CreateChatClient();
        ChatResponse response = await client.GetResponseAsync("Hi", Short, Cancellation);

        Assert.True(fixture.Log.Has(LogLevel.Warning, "HF_TOKEN not provided — may cause issues"), fixture.Log.All);
        Assert.NotNull(response.FinishReason);
        Assert.All(fixture.Hub.Requests.Snapshot(), request => Assert.False(request.HasAuthorization));
    }

    [Fact]
    [Trait("Requirement", "S1-16")]
    public async Task Initialize_from_env_uses_the_variable_and_says_so()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();

        LlmProvider provider = fixture.Create();

        Assert.True(provider.HasToken);
        Assert.Equal("HF_TOKEN", provider.Info.TokenSource);
        Assert.True(fixture.Log.Has(LogLevel.Information, "HuggingFace token configured"), fixture.Log.All);
        Assert.True(fixture.Log.Has(LogLevel.Information, "Initialized huggingface provider"), fixture.Log.All);
        Assert.DoesNotContain(fixture.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    [Trait("Requirement", "S1-11")]
    public async Task Initialize_from_env_without_the_variable_warns_and_goes_on()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(token: null);

        LlmProvider provider = fixture.Create();

        Assert.False(provider.HasToken);
        Assert.True(fixture.Log.Has(LogLevel.Warning, "HF_TOKEN not set — authentication may fail"), fixture.Log.All);
    }

    [Fact]
    public async Task A_login_made_earlier_counts_as_a_token()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(token: null);
        Directory.CreateDirectory(fixture.Home);
        await File.WriteAllTextAsync(Path.Join(fixture.Home, "token"), ProviderFixture.Token, Cancellation);

        LlmProvider provider = fixture.Create(new() { Model = ProviderFixture.Gated });
        using IChatClient client = provider.CreateChatClient();
        await client.GetResponseAsync("Hi", Short, Cancellation);

        Assert.True(provider.HasToken);
        Assert.False(fixture.Log.Has(LogLevel.Warning, "HF_TOKEN"), fixture.Log.All);
    }

    [Fact]
    [Trait("Requirement", "S1-29")]
    public async Task Token_is_passed_to_the_loaders_which_can_be_replaced()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        LocalModelRequest? seen = null;
        LlmProviderServices services = fixture.Services with
        {
            LoadLocalModel = (request, _) =>
            {
                seen = request;
                return Task.FromResult(new LocalModel(new CannedChatClient("canned")));
            },
        };

        using IChatClient client = ChatClients.FromEnvironment(services: services);
        Assert.Null(seen);
        Assert.Equal("canned", (await client.GetResponseAsync("Hi", null, Cancellation)).Text);

        Assert.Equal(ProviderFixture.Model, seen!.Model);
        Assert.Equal(AccessToken.Parse(ProviderFixture.Token), seen.Options.Hub.Token);
        Assert.Equal(fixture.ModelPath, seen.Options.Hub.CacheDirectory);
        Assert.Empty(fixture.Hub.Requests.Snapshot());
    }

    [Fact]
    [Trait("Requirement", "S1-07")]
    public async Task With_use_auth_token_off_no_token_is_sent_though_one_is_configured()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();

        LlmProvider provider = fixture.Create(new() { UseAuthToken = false, ApiKey = ApiKey.Parse(ProviderFixture.Token) });
        using IChatClient client = provider.CreateChatClient();
        await client.GetResponseAsync("Hi", Short, Cancellation);

        Assert.False(provider.HasToken);
        Assert.All(fixture.Hub.Requests.Snapshot(), request => Assert.False(request.HasToken));
    }

    [Fact]
    [Trait("Requirement", "S1-42")]
    public async Task The_configuration_beats_the_environment()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(ProviderFixture.Stranger);

        LlmProvider provider = fixture.Create(new() { ApiKey = ApiKey.Parse(ProviderFixture.Token), Model = ProviderFixture.Gated });
        using IChatClient client = provider.CreateChatClient();
        await client.GetResponseAsync("Hi", Short, Cancellation);

        Assert.Equal("configuration", provider.Info.TokenSource);
    }

    [Theory]
    [Trait("Requirement", "S1-17")]
    [InlineData(null, ChatProviderErrorKind.Authentication, 401)]
    [InlineData("hf_DEMOnobody00000000000000000000000000000", ChatProviderErrorKind.Authentication, 401)]
    [InlineData(ProviderFixture.Stranger, ChatProviderErrorKind.Forbidden, 403)]
    public async Task Helpful_auth_error_names_the_model_and_three_steps(string? token, ChatProviderErrorKind kind, int status)
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(token);
        using IChatClient client = fixture.Create(new() { Model = ProviderFixture.Gated }).CreateChatClient();

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("Hi", Short, Cancellation));

        Assert.Equal((kind, status), (e.Kind, e.StatusCode!.Value));
        Assert.Equal(ProviderFixture.Gated, e.Model);
        Assert.Contains($"'{ProviderFixture.Gated}'", e.Message, StringComparison.Ordinal);
        Assert.Contains("a valid Hugging Face token is needed", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, e.Advice.Count);
        Assert.Contains("/settings/tokens", e.Advice[0], StringComparison.Ordinal);
        Assert.Contains("HF_TOKEN", e.Advice[1], StringComparison.Ordinal);
        Assert.Contains($"accept its terms at {fixture.Hub.Endpoint.AbsoluteUri.TrimEnd('/')}/{ProviderFixture.Gated}", e.Advice[2], StringComparison.Ordinal);
        Assert.Contains("\n1. ", e.Explain(), StringComparison.Ordinal);
        Assert.IsType<HubException>(e.InnerException);
    }

    [Fact]
    [Trait("Requirement", "S1-18")]
    public async Task Rate_limit_advice_is_a_token_for_those_who_have_none_and_patience_for_the_others()
    {
        foreach (string? token in new[] { null, ProviderFixture.Token })
        {
            await using ProviderFixture fixture = await ProviderFixture.StartAsync(token);
            fixture.Hub.Faults.Add("*", Fault.TooManyRequests(retryAfterSeconds: 3600));
            using IChatClient client = fixture.Create().CreateChatClient();

            ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("Hi", Short, Cancellation));

            Assert.Equal(ChatProviderErrorKind.RateLimited, e.Kind);
            Assert.Equal(TimeSpan.FromHours(1), e.RetryAfter);
            Assert.Contains("limit", e.Message, StringComparison.Ordinal);
            Assert.Equal(token is null, e.Advice.Any(step => step.Contains("A token raises the limit: set HF_TOKEN", StringComparison.Ordinal)));
            Assert.Contains(e.Advice, step => step.Contains("in 3600 s", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_model_that_does_not_exist_is_told_with_what_to_check()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        using IChatClient client = fixture.Create(new() { Model = "snug/nowhere" }).CreateChatClient();

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("Hi", Short, Cancellation));

        Assert.Equal(ChatProviderErrorKind.NotFound, e.Kind);
        Assert.NotEmpty(e.Advice);
    }

    [Fact]
    [Trait("Requirement", "S1-44")]
    public async Task Success_is_said_aloud_with_authentication_and_limits()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        using IChatClient client = fixture.Create().CreateChatClient();
        await client.GetResponseAsync("Hi", Short, Cancellation);

        string line = Assert.Single(fixture.Log.Lines, line => line.Text.Contains("is downloaded", StringComparison.Ordinal)).Text;
        Assert.Contains(ProviderFixture.Model, line, StringComparison.Ordinal);
        Assert.Contains("authentication with the token from HF_TOKEN worked", line, StringComparison.Ordinal);
        Assert.Contains("rate limits of the token's account apply", line, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S1-27")]
    public async Task No_token_is_in_any_log_line_or_file_or_message_of_a_full_run()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        LlmProvider provider = fixture.Create();
        StringBuilder said = new(provider.Info.ToString() + provider.Info.ToJson() + provider.Configuration + provider);
        using (IChatClient client = provider.CreateChatClient())
        {
            await client.GetResponseAsync("Hi", Short, Cancellation);
            said.Append(client);
        }

        fixture.Variables["HF_TOKEN"] = ProviderFixture.Stranger;
        using (IChatClient refused = fixture.Create(new() { Model = ProviderFixture.Gated }).CreateChatClient())
        {
            ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => refused.GetResponseAsync("Hi", Short, Cancellation));
            said.Append(e).Append(e.Explain());
        }

        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json($$"""{"error":"the token {{ProviderFixture.Stranger}} is unknown"}""", 401));
        using (IChatClient router = fixture.Create(new() { Provider = "huggingface-router", BaseAddress = server.Address, Model = "m" }).CreateChatClient())
        {
            ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => router.GetResponseAsync("Hi", null, Cancellation));
            said.Append(e).Append(e.Explain());
        }

        Assert.Equal("Bearer " + ProviderFixture.Stranger, server.Requests.Single().Authorization);
        said.Append(fixture.Log.All);
        Assert.True(fixture.Log.Lines.Count > 5);
        Assert.DoesNotContain("hf_DEMO", said.ToString(), StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(fixture.Root, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("hf_DEMO", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancellation)), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Requirement", "S1-37")]
    public async Task Lines_about_the_token_are_found_by_searching_for_its_names()
    {
        foreach (string? token in new[] { null, ProviderFixture.Token })
        {
            await using ProviderFixture fixture = await ProviderFixture.StartAsync(token);
            fixture.Create();

            Assert.All(
                fixture.Log.Lines,
                line => Assert.True(
                    line.Text.Contains("huggingface", StringComparison.OrdinalIgnoreCase) || line.Text.Contains("hf_token", StringComparison.OrdinalIgnoreCase), line.Text));
            Assert.True(fixture.Log.Lines.Count >= 2);
        }
    }

    [Fact]
    [Trait("Requirement", "S1-03")]
    public async Task A_program_started_with_the_providers_variables_has_the_token_under_both_names()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no sh here.");
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        ProcessStartInfo start = new("sh", ["-c", "printf '%s %s' \"$HF_TOKEN\" \"$HUGGING_FACE_HUB_TOKEN\""]) { RedirectStandardOutput = true, UseShellExecute = false };
        fixture.Create().SetVariables(start.Environment);

        using Process program = Process.Start(start)!;
        string output = await program.StandardOutput.ReadToEndAsync(Cancellation);
        await program.WaitForExitAsync(Cancellation);

        Assert.Equal($"{ProviderFixture.Token} {ProviderFixture.Token}", output);
    }

    [Theory]
    [Trait("Requirement", "S1-41")]
    [InlineData("cuda")]
    [InlineData("CUDA:0")]
    [InlineData("mps")]
    public async Task A_device_that_cannot_be_used_is_refused_early_and_says_what_can(string device)
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        fixture.Variables["HF_DEVICE"] = device;

        ChatProviderException e = Assert.Throws<ChatProviderException>(() => fixture.Create());

        Assert.Equal(ChatProviderErrorKind.UnsupportedDevice, e.Kind);
        Assert.Contains(device.ToLowerInvariant(), e.Message, StringComparison.Ordinal);
        Assert.Contains(e.Advice, step => step.Contains("HF_DEVICE=cpu", StringComparison.Ordinal));
        Assert.Contains(e.Advice, step => step.Contains("openai-compatible", StringComparison.Ordinal));
        Assert.Empty(fixture.Hub.Requests.Snapshot());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" CPU ")]
    [InlineData("auto")]
    public async Task The_device_is_the_processor_unless_another_is_named(string? device)
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        fixture.Variables["HF_DEVICE"] = device;

        Assert.Equal("cpu", fixture.Create().Info.Device);
    }

    [Fact]
    public async Task Without_a_model_a_client_is_refused_with_the_variable_to_set()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        fixture.Variables["HF_MODEL"] = null;

        ChatProviderException e = Assert.Throws<ChatProviderException>(() => fixture.Create().CreateChatClient());

        Assert.Equal(ChatProviderErrorKind.Configuration, e.Kind);
        Assert.Contains("HF_MODEL", e.Advice[0], StringComparison.Ordinal);
    }
}
