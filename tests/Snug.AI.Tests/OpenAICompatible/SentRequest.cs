using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Snug.AI.Tests;

/// <summary>A request as the server saw it.</summary>
internal sealed record SentRequest(string Method, string Path, string Host, IReadOnlyDictionary<string, string> Headers, string Text)
{
    public JsonElement Body => JsonElement.Parse(Text);

    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    public static async Task<SentRequest> ReadAsync(HttpRequest request)
    {
        using StreamReader reader = new(request.Body);
        string text = await reader.ReadToEndAsync();
        return new SentRequest(
            request.Method, request.Path + request.QueryString, request.Host.Value ?? "",
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), text);
    }
}
