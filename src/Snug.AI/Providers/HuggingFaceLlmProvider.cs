using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Snug.Hub;
using Snug.Pretrained;

namespace Snug.AI;

/// <summary>
/// Models of the Hugging Face Hub that run in this process. The model is fetched and loaded when it is first used; the token serves for
/// that alone, and is written nowhere.
/// </summary>
internal sealed class HuggingFaceLlmProvider : LlmProvider
{
    public const string ProviderName = "huggingface";

    private const string ModelAdvice = "Set LLM_MODEL or HF_MODEL to a repository of the Hub, such as HuggingFaceTB/SmolLM2-135M-Instruct, or to a folder.";

    private readonly LlmProviderServices _services;
    private readonly ILogger _log;
    private readonly HubSettings _hub;
    private readonly string _device;

    public HuggingFaceLlmProvider(LlmConfiguration configuration, LlmProviderServices services)
        : base(ProviderName, configuration)
    {
        _device = CheckDevice(configuration.Device);
        _services = services;
        _log = services.LoggerFactory.CreateLogger<LlmProvider>();
        _hub = HubSettings.Resolve(HubOptions());
        if (HasToken)
        {
            ProviderLog.TokenConfigured(_log, TokenSource!);
        }
        else if (configuration.UseAuthToken is not false)
        {
            ProviderLog.TokenNotProvided(_log);
        }

        foreach (string warning in _hub.Warnings)
        {
            ProviderLog.SettingsWarning(_log, warning);
        }
    }

    public override bool HasToken => _hub.Token is not null;

    public override LlmProviderInfo Info => base.Info with
    {
        TokenSource = TokenSource,
        Settings = Describe(
            Configuration.Model,
            ("model path", _hub.CacheDirectory, Configuration.ModelPath is null ? SourceInHub("cache directory") : Configuration.SourceOf(nameof(LlmConfiguration.ModelPath))),
            ("device", _device, Configuration.SourceOf(nameof(LlmConfiguration.Device))),
            ("endpoint", _hub.Endpoint.AbsoluteUri, SourceInHub("endpoint")),
            ("token", HasToken ? "(secret)" : null, TokenSource ?? "default")),
        Missing = Configuration.Model is null ? [ModelAdvice] : [],
        Model = Configuration.Model,
        ModelPath = _hub.CacheDirectory,
        Device = _device,
    };

    private string? TokenSource => !HasToken ? null : Configuration.ApiKey is null ? _hub.TokenSource : "configuration";

    public override IChatClient CreateChatClient()
    {
        string model = RequireModel();
        return new LazyChatClient(Name, _hub.Endpoint, model, cancellationToken => LoadAsync(
            model,
            async request =>
            {
                LocalModelLoader load = _services.LoadLocalModel ?? LocalModels.LoadAsync;
                LocalModel loaded = await load(request, cancellationToken).ConfigureAwait(false);
                return (loaded.Client, loaded.Source);
            },
            cancellationToken));
    }

    public override IEmbeddingGenerator<string, Embedding<float>> CreateEmbeddingGenerator()
    {
        string model = RequireModel();
        return new LazyEmbeddingGenerator(Name, _hub.Endpoint, model, cancellationToken => LoadAsync(
            model, request => LocalModels.LoadEncoderAsync(request, _services.TimeProvider, cancellationToken), cancellationToken));
    }

    public override LocalModelRequest? FindLocalModel()
    {
        string model = RequireModel();
        return IsLocalPath(model) ? null : new LocalModelRequest(model, LoadOptions());
    }

    public override void SetVariables(IDictionary<string, string?> environment)
    {
        base.SetVariables(environment);
        AccessToken.SetVariables(environment, _hub.Token);
    }

    private static string CheckDevice(string? device)
    {
        string name = string.IsNullOrWhiteSpace(device) ? LlmConfiguration.DefaultDevice : device.Trim().ToLowerInvariant();
        return name is "cpu" or "auto"
            ? LlmConfiguration.DefaultDevice
            : throw new ChatProviderException(ChatProviderErrorKind.UnsupportedDevice, $"The device '{Clean(name)}' cannot be used: local models run on the CPU only.")
            {
                Provider = ProviderName,
                Advice =
                [
                    "Set HF_DEVICE=cpu, or remove it.",
                    "To use a GPU, serve the model with vLLM, Text Generation Inference or llama.cpp, and set LLM_PROVIDER=openai-compatible and OPENAI_BASE_URL to its address.",
                ],
            };
    }

    private static string Clean(string name) => string.Concat(name.Take(40).Select(c => char.IsControl(c) ? '?' : c));

    private string SourceInHub(string setting) => _hub.All.FirstOrDefault(known => known.Name == setting)?.Source ?? "default";

    private static bool IsLocalPath(string model) => Directory.Exists(model) || File.Exists(model);

    private HubClientOptions HubOptions()
    {
        HubClientOptions options = _services.Hub?.Clone() ?? new HubClientOptions();
        if (Configuration.UseAuthToken is false)
        {
            options.Token = null;
            options.UseImplicitToken = false;
        }
        else
        {
            options.Token = Configuration.ApiKey?.ToToken() ?? options.Token;
        }

        options.CacheDirectory = Configuration.ModelPath ?? options.CacheDirectory;
        options.ReadVariable = _services.ReadVariable ?? options.ReadVariable;
        return options;
    }

    /// <summary>How models are loaded: with the token that was found when the provider was made, and not one that turns up later. What was logged is what is sent.</summary>
    private PretrainedModelOptions LoadOptions()
    {
        HubClientOptions hub = HubOptions();
        hub.Token = _hub.Token;
        hub.UseImplicitToken = false;
        return new PretrainedModelOptions { Hub = hub };
    }

    private string RequireModel() => Configuration.Model ?? throw new ChatProviderException(
        ChatProviderErrorKind.Configuration, $"No model is named for the provider '{Name}'.")
    {
        Provider = Name,
        Advice = [ModelAdvice],
    };

    private async Task<T> LoadAsync<T>(
        string model, Func<LocalModelRequest, Task<(T Loaded, PretrainedSource? Source)>> load, CancellationToken cancellationToken)
    {
        try
        {
            LocalModelRequest request = new(model, LoadOptions());
            if (_services.PrepareLocalModel is { } prepare && !IsLocalPath(model))
            {
                request = await prepare(request, cancellationToken).ConfigureAwait(false);
            }

            (T loaded, PretrainedSource? source) = await load(request).ConfigureAwait(false);
            LogReady(model, source);
            return loaded;
        }
        catch (Exception e) when (ModelLoadErrors.CanTranslate(e))
        {
            throw Failed(e, model);
        }
    }

    private ChatProviderException Failed(Exception cause, string model)
    {
        ChatProviderException failure = ModelLoadErrors.Translate(cause, model, _hub);
        ProviderLog.LoadFailed(_log, model, failure.Code);
        return failure;
    }

    private void LogReady(string model, PretrainedSource? source)
    {
        if (source is null or { Repository: null })
        {
            ProviderLog.ReadyFromFolder(_log, model);
        }
        else if (source.TransferredFiles == 0)
        {
            ProviderLog.ReadyFromCache(_log, model, _hub.CacheDirectory);
        }
        else
        {
            ProviderLog.Downloaded(
                _log, model, source.TransferredFiles, source.TransferredBytes,
                HasToken ? $"authentication with the token from {Info.TokenSource} worked" : "no authentication was needed",
                HasToken ? "the rate limits of the token's account apply" : "the lower rate limits of anonymous access apply, which a token raises");
        }
    }
}
