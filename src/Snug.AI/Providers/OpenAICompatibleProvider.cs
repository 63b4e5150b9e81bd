using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Snug.AI;

/// <summary>A provider that is a server with the chat-completions protocol.</summary>
internal sealed class OpenAICompatibleProvider : LlmProvider
{
    private readonly OpenAICompatibleOptions _options;
    private readonly LlmProviderServices _services;

    public OpenAICompatibleProvider(OpenAICompatibleServer server, LlmConfiguration configuration, LlmProviderServices services)
        : base(server.Name, configuration)
    {
        _services = services;
        _options = new OpenAICompatibleOptions
        {
            Server = server,
            BaseAddress = configuration.BaseAddress,
            Key = HasToken ? configuration.ApiKey : null,
            Model = configuration.Model,
        };

        ILogger log = services.LoggerFactory.CreateLogger<LlmProvider>();
        Uri? address = Address;
        if (HasToken)
        {
            if (server.KeyVariable == "HF_TOKEN")
            {
                ProviderLog.TokenConfigured(log, Info.TokenSource!);
            }
            else
            {
                ProviderLog.KeyConfigured(log, Name, Info.TokenSource!);
            }

            if (address is { Scheme: "http", IsLoopback: false })
            {
                ProviderLog.KeyUnencrypted(log, Name, address.Host);
            }
        }
        else if (NeedsKey)
        {
            ProviderLog.NoKey(log, Name, server.KeyVariable);
        }
    }

    public override LlmProviderInfo Info => base.Info with
    {
        Model = Model,
        Address = Address,
        Settings = Describe(
            Model,
            ("address", Address?.AbsoluteUri, Configuration.BaseAddress is null ? "default" : Configuration.SourceOf(nameof(LlmConfiguration.BaseAddress))),
            ("key", _options.Key?.ToString(), base.Info.TokenSource ?? "default")),
        Missing =
        [
            .. NeedsKey ? [$"Set {_options.Server.KeyVariable} to a key of the provider '{Name}'{(_options.Server.KeyPage is { } page ? $" ({page.AbsoluteUri})" : "")}."] : (string[])[],
            .. Address is null ? ["Set OPENAI_BASE_URL to the server's address up to its version, such as http://localhost:8000/v1."] : (string[])[],
            .. Model is null ? [$"Set LLM_MODEL or {(LlmEnvironment.IsHub(Name) ? "HF_MODEL" : "OPENAI_MODEL")} to a model of the server."] : (string[])[],
        ],
    };

    private string? Model => _options.Model ?? _options.Server.DefaultModel;

    private Uri? Address => _options.BaseAddress ?? _options.Server.BaseAddress;

    /// <summary>Whether every request will be refused for want of a key; a server at another address may not want one.</summary>
    private bool NeedsKey =>
        _options.Key is null && _options.Server.RequiresKey
        && (_options.BaseAddress is null || _options.BaseAddress.Host == _options.Server.BaseAddress?.Host);

    public override IChatClient CreateChatClient() =>
        new OpenAICompatibleChatClient(_options, _services.HttpClient, _services.LoggerFactory.CreateLogger<OpenAICompatibleChatClient>(), _services.TimeProvider);

    public override IEmbeddingGenerator<string, Embedding<float>> CreateEmbeddingGenerator() =>
        _options.Server.Embeddings switch
        {
            EmbeddingApi.OpenAI => new OpenAICompatibleEmbeddingGenerator(_options, _services.HttpClient, _services.TimeProvider),
            EmbeddingApi.FeatureExtraction => new FeatureExtractionEmbeddingGenerator(_options, _services.HttpClient, _services.TimeProvider),
            _ => base.CreateEmbeddingGenerator(),
        };

    public override void SetVariables(IDictionary<string, string?> environment)
    {
        base.SetVariables(environment);
        if (_options.Key is not { } key)
        {
            environment.Remove(_options.Server.KeyVariable);
        }
        else if (_options.Server.KeyVariable == "HF_TOKEN")
        {
            Hub.AccessToken.SetVariables(environment, key.ToToken());
        }
        else
        {
            environment[_options.Server.KeyVariable] = key.Reveal();
        }
    }
}
