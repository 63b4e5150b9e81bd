using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>The ByteLevel component, which is pre-tokenizer, post-processor and decoder with the same fields.</summary>
internal static class ByteLevelJson
{
    public static (bool AddPrefixSpace, bool TrimOffsets, bool UseRegex) Read(JsonNode node) =>
        (node.Member("add_prefix_space").AsBoolean(),
            node.Member("trim_offsets").AsBoolean(),
            !node.Has("use_regex") || node.Member("use_regex").AsBoolean());

    public static void Write(Utf8JsonWriter writer, bool addPrefixSpace, bool trimOffsets, bool useRegex)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "ByteLevel"u8);
        writer.WriteBoolean("add_prefix_space"u8, addPrefixSpace);
        writer.WriteBoolean("trim_offsets"u8, trimOffsets);
        writer.WriteBoolean("use_regex"u8, useRegex);
        writer.WriteEndObject();
    }
}
