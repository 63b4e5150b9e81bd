using System.Text.Json;

namespace Snug.Tokenizers.Conformance;

/// <summary>An encoding as the reference engine gave it, offsets in code points.</summary>
internal sealed record ReferenceEncoding(
    int[] Ids, string[] Tokens, OffsetRange[] Offsets, int[] Types, int[] Attention, int[] Special, int?[] Words, int?[] Sequences,
    ReferenceEncoding[] Overflowing, string? Error)
{
    public static ReferenceEncoding Read(JsonElement element)
    {
        if (element.TryGetProperty("error", out JsonElement error))
        {
            return new ReferenceEncoding([], [], [], [], [], [], [], [], [], error.GetString());
        }

        int[] offsets = Numbers(element, "offsets");
        return new ReferenceEncoding(
            Numbers(element, "ids"),
            [.. element.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!)],
            [.. Enumerable.Range(0, offsets.Length / 2).Select(i => new OffsetRange(offsets[2 * i], offsets[(2 * i) + 1]))],
            Numbers(element, "types"),
            Numbers(element, "attention"),
            Numbers(element, "special"),
            Optional(element, "words"),
            Optional(element, "sequences"),
            element.TryGetProperty("overflowing", out JsonElement overflowing) ? [.. overflowing.EnumerateArray().Select(Read)] : [],
            null);
    }

    private static int[] Numbers(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(item => item.GetInt32())];

    private static int?[] Optional(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? (int?)null : item.GetInt32())];
}
