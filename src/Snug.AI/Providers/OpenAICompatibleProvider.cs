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
        Uri? address = configuration.BaseAddress ?? server.BaseAddress;
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
        else if (server.RequiresKey && (configuration.BaseAddress is null || configuration.BaseAddress.Host == server.BaseAddress?.Host))
        {
            ProviderLog.NoKey(log, Name, server.KeyVariable);
        }
    }

    public override LlmProviderInfo Info => base.Info with
    {
        Model = _options.Model ?? _options.Server.DefaultModel,
        Address = _options.BaseAddress ?? _options.Server.BaseAddress,
    };

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
