using Snug.Hub;

namespace Snug.AI;

/// <summary>Reads the variables that choose a provider and set it up. Only the environment of the process says where conversations go: no <c>.env</c> does.</summary>
internal static class LlmEnvironment
{
    private const string KeyVariable = "OPENAI_API_KEY";
    private const string AddressVariable = "OPENAI_BASE_URL";

    /// <summary>Fills what is unset from the environment.</summary>
    /// <exception cref="ChatProviderException">A variable makes no sense (<see cref="ChatProviderErrorKind.Configuration"/>).</exception>
    public static LlmConfiguration Complete(LlmConfiguration explicitly, Func<string, string?> read)
    {
        Dictionary<string, string> sources = [];
        string provider = Pick(nameof(LlmConfiguration.Provider), explicitly.Provider, "LLM_PROVIDER") ?? LlmConfiguration.DefaultProvider;
        bool isHub = IsHub(provider);
        Uri? address = explicitly.BaseAddress ?? (isHub ? null : ReadAddress(read));
        Note(nameof(LlmConfiguration.BaseAddress), explicitly.BaseAddress is not null, address is null ? null : AddressVariable);
        ApiKey? key = explicitly.ApiKey;
        string? source = null;
        if (key is null && explicitly.UseAuthToken is not false)
        {
            (key, source) = isHub ? ReadToken(provider, read) : ReadKey(provider, address, read);
        }

        return explicitly with
        {
            Provider = provider,
            ApiKey = key,
            KeySource = source,
            Model = Pick(nameof(LlmConfiguration.Model), explicitly.Model, "LLM_MODEL", isHub ? "HF_MODEL" : "OPENAI_MODEL"),
            ModelPath = Pick(nameof(LlmConfiguration.ModelPath), explicitly.ModelPath, "HF_MODEL_PATH"),
            Device = Pick(nameof(LlmConfiguration.Device), explicitly.Device, "HF_DEVICE") ?? LlmConfiguration.DefaultDevice,
            UseAuthToken = explicitly.UseAuthToken ?? true,
            BaseAddress = address,
            Sources = sources,
        };

        string? Pick(string property, string? given, params string[] variables)
        {
            string? variable = Array.Find(variables, name => Read(read, name) is not null);
            Note(property, given is not null, variable);
            return given ?? (variable is null ? null : Read(read, variable));
        }

        void Note(string property, bool isGiven, string? variable) => sources[property] = isGiven ? "configuration" : variable ?? "default";
    }

    public static bool IsHub(string provider) => provider.Trim().StartsWith("huggingface", StringComparison.OrdinalIgnoreCase);

    private static string? Read(Func<string, string?> read, string name) => read(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>The Hub's client knows where tokens are kept, and which of them counts. For local models it looks for itself.</summary>
    private static (ApiKey? Key, string? Source) ReadToken(string provider, Func<string, string?> read)
    {
        if (string.Equals(provider.Trim(), HuggingFaceLlmProvider.ProviderName, StringComparison.OrdinalIgnoreCase))
        {
            return (null, null);
        }

        HubSettings settings = HubSettings.Resolve(new HubClientOptions { ReadVariable = read });
        return settings.Token is { } token ? (ApiKey.FromToken(token), settings.TokenSource) : (null, null);
    }

    /// <summary>
    /// A key in the environment belongs to OpenAI, or to the server whose address stands beside it; no other server gets it unasked.
    /// </summary>
    private static (ApiKey? Key, string? Source) ReadKey(string provider, Uri? address, Func<string, string?> read)
    {
        bool isMeant = address is not null || string.Equals(provider.Trim(), OpenAICompatibleServer.OpenAI.Name, StringComparison.OrdinalIgnoreCase);
        if (!isMeant || Read(read, KeyVariable) is not { } text)
        {
            return (null, null);
        }

        return ApiKey.TryParse(text, out ApiKey? key)
            ? (key, KeyVariable)
            : throw Wrong($"{KeyVariable} has characters that no key has.", "Copy the key again from the provider's page.");
    }

    private static Uri? ReadAddress(Func<string, string?> read) =>
        Read(read, AddressVariable) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" ? address
        : throw Wrong($"{AddressVariable} is not an http or https address.", "Set it to something like http://localhost:8000/v1, or remove it.");

    private static ChatProviderException Wrong(string message, string advice) =>
        new(ChatProviderErrorKind.Configuration, message) { Advice = [advice] };
}
