namespace Snug.AI;

/// <summary>
/// Which provider of language models is used, and how. What is unset is taken from the environment, then from defaults; what is set here
/// wins over both.
/// </summary>
public sealed record LlmConfiguration
{
    /// <summary>The provider that is used when nobody names one.</summary>
    public const string DefaultProvider = "openai";

    /// <summary>The device that is used when nobody names one.</summary>
    public const string DefaultDevice = "cpu";

    /// <summary>The name of the provider. Unset: <c>LLM_PROVIDER</c>, then <see cref="DefaultProvider"/>.</summary>
    public string? Provider { get; init; }

    /// <summary>
    /// The key or token. Unset: for the providers of Hugging Face what the Hub's client finds (<c>HF_TOKEN</c> and its other names,
    /// <c>.env</c>, a login), for others <c>OPENAI_API_KEY</c>.
    /// </summary>
    public ApiKey? ApiKey { get; init; }

    /// <summary>The model. Unset: <c>LLM_MODEL</c>, then <c>HF_MODEL</c> or <c>OPENAI_MODEL</c>, whichever fits the provider.</summary>
    public string? Model { get; init; }

    /// <summary>The folder that local models are cached in. Unset: <c>HF_MODEL_PATH</c>, then the Hub's cache.</summary>
    public string? ModelPath { get; init; }

    /// <summary>The device that local models run on. Unset: <c>HF_DEVICE</c>, then <see cref="DefaultDevice"/>, which is the only one so far.</summary>
    public string? Device { get; init; }

    /// <summary>Whether a key is sent at all. Unset: yes.</summary>
    public bool? UseAuthToken { get; init; }

    /// <summary>The address of a server, with its version. Unset: <c>OPENAI_BASE_URL</c> where it applies, then that of the provider.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>The variable or file that <see cref="ApiKey"/> was taken from, or <see langword="null"/> where the caller gave it.</summary>
    internal string? KeySource { get; init; }

    /// <summary>The variables that properties were taken from, by the names of the properties; <see langword="null"/> where no environment was asked.</summary>
    internal IReadOnlyDictionary<string, string>? Sources { get; init; }

    /// <summary>Where the value of a property came from: <c>configuration</c>, a variable, or <c>default</c>.</summary>
    internal string SourceOf(string property) => Sources?.GetValueOrDefault(property) ?? "configuration";
}
