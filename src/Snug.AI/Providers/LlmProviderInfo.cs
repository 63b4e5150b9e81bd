using System.Text;
using System.Text.Json;
using Snug.Hub;

namespace Snug.AI;

/// <summary>What a provider is set to, for display. It tells whether there is a token, never the token.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="TokenConfigured">Whether there is a key or token that will be sent.</param>
public sealed record LlmProviderInfo(string Provider, bool TokenConfigured)
{
    /// <summary>Where the token came from: a variable, a file, <c>configuration</c>; <see langword="null"/> without one.</summary>
    public string? TokenSource { get; init; }

    /// <summary>Whether a token may be sent at all.</summary>
    public bool UseAuthToken { get; init; } = true;

    /// <summary>The model, if one is named.</summary>
    public string? Model { get; init; }

    /// <summary>The folder of cached models, for models that run here.</summary>
    public string? ModelPath { get; init; }

    /// <summary>The device, for models that run here.</summary>
    public string? Device { get; init; }

    /// <summary>The server's address, for remote ones.</summary>
    public Uri? Address { get; init; }

    /// <summary>
    /// What it is set to and where each of it came from: an option of the configuration (<c>configuration</c>), a variable, a file, or
    /// <c>default</c>. A token shows as <c>(secret)</c>.
    /// </summary>
    public IReadOnlyList<ResolvedSetting> Settings { get; init; } = [];

    /// <summary>What it lacks to answer, and how to give it. Empty: nothing.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>The same as a JSON object, members in snake case.</summary>
    public string ToJson()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("provider", Provider);
            writer.WriteBoolean("token_configured", TokenConfigured);
            writer.WriteString("token_source", TokenSource);
            writer.WriteBoolean("use_auth_token", UseAuthToken);
            writer.WriteString("model", Model);
            writer.WriteString("model_path", ModelPath);
            writer.WriteString("device", Device);
            writer.WriteString("address", Address?.AbsoluteUri);
            writer.WriteStartArray("settings");
            foreach (ResolvedSetting setting in Settings)
            {
                writer.WriteStartObject();
                writer.WriteString("name", setting.Name);
                writer.WriteString("value", setting.Value);
                writer.WriteString("source", setting.Source);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("missing");
            foreach (string missing in Missing)
            {
                writer.WriteStringValue(missing);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
