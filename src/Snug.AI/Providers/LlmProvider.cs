using Microsoft.Extensions.AI;
using Snug.Hub;

namespace Snug.AI;

/// <summary>
/// A provider of language models, set up and ready to make clients. Derive from it, and register the class in an
/// <see cref="LlmProviderFactory"/>, to add one. Making a provider, or a client of it, sends nothing.
/// </summary>
public abstract class LlmProvider
{
    /// <summary>Takes what all providers have.</summary>
    /// <param name="name">The name that it is registered under.</param>
    /// <param name="configuration">The configuration in force.</param>
    protected LlmProvider(string name, LlmConfiguration configuration)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configuration);
        Name = name;
        Configuration = configuration;
    }

    /// <summary>The name that it is registered under.</summary>
    public string Name { get; }

    /// <summary>The configuration in force; its key prints as <c>(secret)</c>.</summary>
    public LlmConfiguration Configuration { get; }

    /// <summary>Whether there is a key or token that will be sent.</summary>
    public virtual bool HasToken => Configuration.ApiKey is not null && Configuration.UseAuthToken is not false;

    /// <summary>What it is set to, for display.</summary>
    public virtual LlmProviderInfo Info => new(Name, HasToken)
    {
        UseAuthToken = Configuration.UseAuthToken is not false,
        TokenSource = HasToken ? Configuration.KeySource ?? "configuration" : null,
        Model = Configuration.Model,
        Settings = Describe(Configuration.Model),
    };

    /// <summary>The settings that all providers have, then those of one kind; what has no value is left out.</summary>
    private protected IReadOnlyList<ResolvedSetting> Describe(string? model, params ReadOnlySpan<(string Name, string? Value, string Source)> others)
    {
        List<ResolvedSetting> settings = [new("provider", Name, Configuration.SourceOf(nameof(LlmConfiguration.Provider)))];
        Add("model", model, Configuration.Model is null ? "default" : Configuration.SourceOf(nameof(LlmConfiguration.Model)));
        foreach ((string name, string? value, string source) in others)
        {
            Add(name, value, source);
        }

        return settings;

        void Add(string name, string? value, string source)
        {
            if (value is not null)
            {
                settings.Add(new ResolvedSetting(name, value, source));
            }
        }
    }

    /// <summary>Makes a chat client; the caller disposes of it.</summary>
    public abstract IChatClient CreateChatClient();

    /// <summary>Makes a generator of embeddings; the caller disposes of it.</summary>
    /// <exception cref="NotSupportedException">The provider has no embeddings.</exception>
    public virtual IEmbeddingGenerator<string, Embedding<float>> CreateEmbeddingGenerator() =>
        throw new NotSupportedException($"The provider '{Name}' has no embeddings.");

    /// <summary>
    /// The model of the Hub that it runs in this process, whose files must be downloaded before it can answer; <see langword="null"/> where
    /// there is none, or where the model is a folder or a file.
    /// </summary>
    /// <exception cref="ChatProviderException">No model is named.</exception>
    public virtual LocalModelRequest? FindLocalModel() => null;

    /// <summary>
    /// Puts the token into the environment of a program that is about to be started, under the names that other libraries look for. Nothing
    /// is changed in this process.
    /// </summary>
    /// <param name="environment">The environment, for example of a <see cref="System.Diagnostics.ProcessStartInfo"/>.</param>
    public virtual void SetVariables(IDictionary<string, string?> environment) => ArgumentNullException.ThrowIfNull(environment);
}
