using System.Text;
using System.Text.Json;

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
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
