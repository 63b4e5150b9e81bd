using System.Text.Json;

namespace Snug.Hub;

/// <summary>
/// Reads members of the Hub's JSON by name. The answers are read from the document and not by a serializer, whose code for
/// numbers, switches and dates is compiled anew in each process and takes longer than the reading of a listing.
/// </summary>
internal static class HubJson
{
    public static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>A member's text, or <see langword="null"/> when it is absent or null.</summary>
    /// <exception cref="JsonException">The member, or the element it is asked of, is something else.</exception>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name, JsonValueKind.String, "text") is { } value ? value.Decoded() : null;

    /// <summary>The text of a string element.</summary>
    /// <exception cref="JsonException">It has escapes that are no characters.</exception>
    public static string Decoded(this JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A text has escapes that are no characters.", e);
        }
    }

    /// <summary>A member's whole number, or <see langword="null"/> when it is absent or null.</summary>
    /// <exception cref="JsonException">The member, or the element it is asked of, is something else.</exception>
    public static long? Number(this JsonElement element, string name) => element.Member(name, JsonValueKind.Number, "a whole number") is not { } value
        ? null
        : value.TryGetInt64(out long number) ? number : throw Wrong(name, "a whole number");

    /// <summary>A member that is true or false, or <see langword="null"/> when it is absent or null.</summary>
    /// <exception cref="JsonException">The member, or the element it is asked of, is something else.</exception>
    public static bool? Switch(this JsonElement element, string name) =>
        !element.TryMember(name, out JsonElement value) ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(name, "true or false");

    /// <summary>A member's time, or <see langword="null"/> when it is absent or null.</summary>
    /// <exception cref="JsonException">The member, or the element it is asked of, is something else.</exception>
    public static DateTimeOffset? Time(this JsonElement element, string name) => element.Member(name, JsonValueKind.String, "a time") is not { } value
        ? null
        : value.TryGetDateTimeOffset(out DateTimeOffset time) ? time : throw Wrong(name, "a time");

    /// <summary>A member's object, or <see langword="null"/> when it is absent or null.</summary>
    /// <exception cref="JsonException">The member, or the element it is asked of, is something else.</exception>
    public static JsonElement? Object(this JsonElement element, string name) => element.Member(name, JsonValueKind.Object, "an object");

    /// <summary>The elements of a member; none when it is absent or null.</summary>
    /// <exception cref="JsonException">The member, or the element it is asked of, is something else.</exception>
    public static JsonElement.ArrayEnumerator Elements(this JsonElement element, string name) =>
        element.Member(name, JsonValueKind.Array, "a list")?.EnumerateArray() ?? default;

    /// <summary>Finds a member that is there and not null.</summary>
    /// <exception cref="JsonException">The element is no object.</exception>
    public static bool TryMember(this JsonElement element, string name, out JsonElement value) =>
        element.ValueKind == JsonValueKind.Object
            ? element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null
            : throw new JsonException($"There is no object that could have '{name}'.");

    private static JsonElement? Member(this JsonElement element, string name, JsonValueKind kind, string what) =>
        !element.TryMember(name, out JsonElement value) ? null : value.ValueKind == kind ? value : throw Wrong(name, what);

    private static JsonException Wrong(string name, string what) => new($"'{name}' is not {what}.");
}
