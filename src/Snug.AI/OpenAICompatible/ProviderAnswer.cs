using System.Text.Json;

namespace Snug.AI;

/// <summary>An answer that has begun.</summary>
internal sealed class ProviderAnswer(HttpResponseMessage response, ProviderBody body, ProviderErrors errors, Uri address) : IDisposable
{
    private const string EventStream = "text/event-stream";

    public ProviderBody Body => body;

    /// <summary>Whether it comes as server-sent events, whatever was asked for.</summary>
    public bool IsEventStream => string.Equals(response.Content.Headers.ContentType?.MediaType, EventStream, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the whole answer as an object.</summary>
    /// <exception cref="ChatProviderException">It is none, it is an error, or it does not arrive.</exception>
    public async Task<JsonElement> ReadJsonAsync(string? model, CancellationToken cancellationToken)
    {
        JsonElement root = await ReadValueAsync(model, cancellationToken).ConfigureAwait(false);
        return root.ValueKind == JsonValueKind.Object ? root : throw errors.Protocol("it is no JSON object");
    }

    /// <summary>Reads the whole answer, whatever kind of value it is.</summary>
    /// <exception cref="ChatProviderException">It is no JSON, it is an error, or it does not arrive.</exception>
    public async Task<JsonElement> ReadValueAsync(string? model, CancellationToken cancellationToken)
    {
        try
        {
            using MemoryStream buffer = new();
            await body.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
            JsonElement root = Json.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            return ProviderErrors.IsError(root) ? throw errors.FromAnswer(root, model) : root;
        }
        catch (JsonException e)
        {
            throw errors.Protocol($"it is no JSON but {response.Content.Headers.ContentType?.MediaType ?? "of no named kind"}, from {address.GetLeftPart(UriPartial.Path)}", e);
        }
    }

    public void Dispose()
    {
        body.Dispose();
        response.Dispose();
    }
}
