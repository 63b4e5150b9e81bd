using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Snug.AI.Tests;

/// <summary>Which provider the environment chooses, and with what.</summary>
public sealed class ProviderChoiceTests : IDisposable
{
    private const string Secret = "sk-test-0123456789abcdef";

    private readonly CapturingLogger _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    [Trait("Requirement", "S1-10")]
    public void Unless_another_is_named_the_provider_is_openai_and_is_named_in_the_log()
    {
        LlmProvider provider = Create(("OPENAI_API_KEY", Secret), ("OPENAI_MODEL", "gpt-x"));

        Assert.Equal("openai", provider.Name);
        Assert.Equal(new Uri("https://api.openai.com/v1"), provider.Info.Address);
        Assert.Equal("gpt-x", provider.Info.Model);
        Assert.Equal("OPENAI_API_KEY", provider.Info.TokenSource);
        Assert.True(_log.Has(LogLevel.Information, "Initialized openai provider"), _log.All);
    }

    [Theory]
    [Trait("Requirement", "S1-10")]
    [InlineData("huggingface", "huggingface")]
    [InlineData(" HuggingFace ", "huggingface")]
    [InlineData("huggingface-router", "huggingface-router")]
    [InlineData("vllm", "vllm")]
    [InlineData("Ollama", "ollama")]
    public void The_variable_names_the_provider(string value, string expected) =>
        Assert.Equal(expected, Create(("LLM_PROVIDER", value), ("HF_HOME", Path.GetTempPath())).Name);

    [Fact]
    [Trait("Requirement", "S1-14")]
    public void A_provider_that_is_not_there_is_answered_with_the_list()
    {
        ChatProviderException e = Assert.Throws<ChatProviderException>(() => Create(("LLM_PROVIDER", "nonsense")));

        Assert.Equal(ChatProviderErrorKind.UnknownProvider, e.Kind);
        Assert.Equal("unknown_provider", e.Code);
        Assert.Contains("'nonsense'", e.Message, StringComparison.Ordinal);
        foreach (string name in new LlmProviderFactory().Names)
        {
            Assert.Contains(name, e.Advice[0], StringComparison.Ordinal);
        }

        Assert.Contains("huggingface", new LlmProviderFactory().Names);
        Assert.Equal(OpenAICompatibleServer.All.Count + 1, new LlmProviderFactory().Names.Count);
    }

    [Fact]
    [Trait("Requirement", "S1-15")]
    public async Task A_provider_from_outside_can_be_registered_and_chosen()
    {
        LlmProviderFactory factory = new LlmProviderFactory().Register("echo", (configuration, _) => new ToyProvider(configuration));
        using IChatClient client = ChatClients.FromEnvironment(factory: factory, services: Services([("LLM_PROVIDER", "ECHO"), ("LLM_MODEL", "parrot")]));

        Assert.Equal("parrot", (await client.GetResponseAsync("Hi", null, Cancellation)).Text);
        Assert.Contains("echo", factory.Names);
        Assert.True(_log.Has(LogLevel.Information, "Initialized echo provider"), _log.All);
    }

    [Fact]
    [Trait("Requirement", "S1-12")]
    public void Everything_can_be_set_by_the_environment()
    {
        LlmProvider provider = Create(
            ("LLM_PROVIDER", "huggingface"), ("HF_TOKEN", ProviderFixture.Token), ("HF_MODEL_PATH", "/models"), ("HF_DEVICE", "cpu"), ("HF_MODEL", "a/b"), ("HF_HOME", Path.GetTempPath()));

        JsonElement info = JsonElement.Parse(provider.Info.ToJson());
        Assert.Equal("huggingface", info.GetProperty("provider").GetString());
        Assert.True(info.GetProperty("token_configured").GetBoolean());
        Assert.Equal("HF_TOKEN", info.GetProperty("token_source").GetString());
        Assert.True(info.GetProperty("use_auth_token").GetBoolean());
        Assert.Equal(Path.GetFullPath("/models"), info.GetProperty("model_path").GetString());
        Assert.Equal("cpu", info.GetProperty("device").GetString());
        Assert.Equal("a/b", info.GetProperty("model").GetString());
    }

    [Fact]
    [Trait("Requirement", "S1-13")]
    public void Everything_can_be_set_in_code_and_wins_over_the_environment()
    {
        LlmProvider provider = ChatClients.ProviderFromEnvironment(
            new() { Provider = "huggingface", ApiKey = ApiKey.Parse(ProviderFixture.Token), ModelPath = "/mine", Device = "cpu", UseAuthToken = true, Model = "c/d" },
            services: Services([("LLM_PROVIDER", "openai"), ("HF_TOKEN", ProviderFixture.Stranger), ("HF_MODEL_PATH", "/models"), ("HF_DEVICE", "cuda"), ("HF_MODEL", "a/b"), ("HF_HOME", Path.GetTempPath())]));

        Assert.Equal(("huggingface", "configuration", Path.GetFullPath("/mine"), "cpu", "c/d"), (provider.Name, provider.Info.TokenSource, provider.Info.ModelPath, provider.Info.Device, provider.Info.Model));
    }

    [Fact]
    public void The_model_of_all_providers_beats_that_of_one()
    {
        Assert.Equal("all", Create(("LLM_MODEL", "all"), ("OPENAI_MODEL", "one")).Info.Model);
        Assert.Equal("one", Create(("OPENAI_MODEL", "one"), ("HF_MODEL", "other")).Info.Model);
    }

    [Fact]
    public async Task The_address_and_its_key_belong_together()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json(Replies.Answer("""{"role":"assistant","content":"ok"}""")));
        foreach (string provider in new[] { "openai", "openai-compatible", "vllm" })
        {
            using IChatClient client = Create(
                ("LLM_PROVIDER", provider), ("OPENAI_BASE_URL", server.Address.AbsoluteUri), ("OPENAI_API_KEY", Secret), ("LLM_MODEL", "m")).CreateChatClient();
            await client.GetResponseAsync("hi", null, Cancellation);
        }

        Assert.All(server.Requests, request => Assert.Equal("Bearer " + Secret, request.Authorization));
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData("ollama")]
    [InlineData("lm-studio")]
    [InlineData("llama.cpp")]
    public void The_key_of_openai_is_not_given_to_a_server_that_it_was_not_meant_for(string provider) =>
        Assert.False(Create(("LLM_PROVIDER", provider), ("OPENAI_API_KEY", Secret)).HasToken);

    [Fact]
    public async Task The_router_gets_the_token_of_the_hub_and_not_the_key_of_openai()
    {
        string? sent = null;
        Uri? asked = null;
        using HttpClient http = new(new StubHandler(request =>
        {
            (sent, asked) = (request.Headers.Authorization?.ToString(), request.RequestUri);
            return new HttpResponseMessage { Content = new StringContent(Replies.Answer("""{"content":"ok"}""")) };
        }));
        using IChatClient client = ChatClients.FromEnvironment(
            new() { Provider = "huggingface-router", Model = "m" },
            services: Services([("HF_TOKEN", ProviderFixture.Token), ("OPENAI_API_KEY", Secret), ("OPENAI_BASE_URL", "http://localhost:1/v1"), ("HF_HOME", Path.GetTempPath())]) with { HttpClient = http });

        await client.GetResponseAsync("hi", null, Cancellation);

        Assert.Equal("Bearer " + ProviderFixture.Token, sent);
        Assert.Equal("https://router.huggingface.co/v1/chat/completions", asked!.AbsoluteUri);
        Assert.True(_log.Has(LogLevel.Information, "HuggingFace token configured"), _log.All);
    }

    [Fact]
    public async Task A_key_that_is_missing_is_warned_of_and_told_again_when_it_is_needed()
    {
        using IChatClient client = Create(("OPENAI_MODEL", "m")).CreateChatClient();
        Assert.True(_log.Has(LogLevel.Warning, "OPENAI_API_KEY not set"), _log.All);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("hi", null, Cancellation));
        Assert.Equal(ChatProviderErrorKind.Authentication, e.Kind);
    }

    [Fact]
    public void A_key_that_travels_in_the_clear_is_warned_of()
    {
        Create(("OPENAI_BASE_URL", "http://gpu-7.example.test:8000/v1"), ("OPENAI_API_KEY", Secret));
        Assert.True(_log.Has(LogLevel.Warning, "without encryption"), _log.All);

        _log.Lines.Clear();
        Create(("OPENAI_BASE_URL", "http://localhost:8000/v1"), ("OPENAI_API_KEY", Secret));
        Assert.False(_log.Has(LogLevel.Warning, "without encryption"), _log.All);
    }

    [Theory]
    [InlineData("OPENAI_BASE_URL", "gpu-7:8000")]
    [InlineData("OPENAI_API_KEY", "two words")]
    public void A_variable_that_makes_no_sense_is_named_and_its_value_is_not(string name, string value)
    {
        ChatProviderException e = Assert.Throws<ChatProviderException>(() => Create((name, value)));

        Assert.Equal(ChatProviderErrorKind.Configuration, e.Kind);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, e.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embeddings_come_from_the_same_provider()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(ScriptedServer.Json("""{"data":[{"index":0,"embedding":[1,2]}]}"""));
        using IEmbeddingGenerator<string, Embedding<float>> generator = Create(
            ("LLM_PROVIDER", "vllm"), ("OPENAI_BASE_URL", server.Address.AbsoluteUri), ("LLM_MODEL", "e")).CreateEmbeddingGenerator();

        Assert.Equal(2, (await generator.GenerateAsync("a", null, Cancellation)).Dimensions);
        Assert.IsType<FeatureExtractionEmbeddingGenerator>(Create(("LLM_PROVIDER", "huggingface-router"), ("HF_HOME", Path.GetTempPath())).CreateEmbeddingGenerator());
    }

    [Fact]
    public void A_program_gets_the_key_under_the_name_that_it_is_kept_under()
    {
        Dictionary<string, string?> environment = [];
        Create(("OPENAI_API_KEY", Secret)).SetVariables(environment);
        Assert.Equal(Secret, environment["OPENAI_API_KEY"]);

        environment["OPENAI_API_KEY"] = "stale";
        Create().SetVariables(environment);
        Assert.False(environment.ContainsKey("OPENAI_API_KEY"));
    }

    [Fact]
    public void Presets_have_names_of_their_own_and_addresses_that_can_be_used()
    {
        Assert.Equal(OpenAICompatibleServer.All.Count, OpenAICompatibleServer.All.Select(server => server.Name).Distinct().Count());
        foreach (OpenAICompatibleServer server in OpenAICompatibleServer.All.Where(server => server != OpenAICompatibleServer.Other))
        {
            using OpenAICompatibleChatClient client = new(new() { Server = server });
            ChatClientMetadata metadata = client.GetService<ChatClientMetadata>()!;
            Assert.Equal((server.Name, server.BaseAddress), (metadata.ProviderName, metadata.ProviderUri));
            Assert.EndsWith("/v1", server.BaseAddress!.AbsoluteUri, StringComparison.Ordinal);
        }
    }

    private LlmProvider Create(params (string Name, string Value)[] variables) => ChatClients.ProviderFromEnvironment(services: Services(variables));

    private LlmProviderServices Services((string Name, string Value)[] variables) => new()
    {
        LoggerFactory = _log,
        ReadVariable = name => name == "SNUG_DISABLE_DOTENV" ? "1" : name == "SNUG_KEYCHAIN" ? "0" : variables.FirstOrDefault(variable => variable.Name == name).Value,
    };

    private sealed class ToyProvider(LlmConfiguration configuration) : LlmProvider("echo", configuration)
    {
        public override IChatClient CreateChatClient() => new CannedChatClient(Configuration.Model!);
    }
}
