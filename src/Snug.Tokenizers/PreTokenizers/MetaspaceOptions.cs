using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>The fields of the Metaspace component, which is pre-tokenizer and decoder.</summary>
internal sealed record MetaspaceOptions(int Replacement, PrependScheme Scheme, bool Split)
{
    public static MetaspaceOptions Read(JsonNode node)
    {
        PrependScheme scheme = PrependScheme.Always;
        if (node.Has("prepend_scheme"))
        {
            JsonNode member = node.Member("prepend_scheme");
            scheme = member.AsString() switch
            {
                "always" => PrependScheme.Always,
                "first" => PrependScheme.First,
                "never" => PrependScheme.Never,
                _ => throw member.Error("must be 'always', 'first' or 'never'"),
            };
        }

        // Older files have a switch instead; the reference refuses it where it contradicts the scheme, the default included.
        if (node.Optional("add_prefix_space")?.AsBoolean() == false && scheme != PrependScheme.Never)
        {
            throw node.Error("'add_prefix_space' does not match 'prepend_scheme'");
        }

        _ = node.Optional("str_rep")?.AsString();
        return new MetaspaceOptions(node.Member("replacement").AsCharacter(), scheme, node.Optional("split")?.AsBoolean() ?? true);
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Metaspace"u8);
        writer.WriteString("replacement"u8, char.ConvertFromUtf32(Replacement));
        writer.WriteString("prepend_scheme"u8, Scheme switch { PrependScheme.Always => "always", PrependScheme.First => "first", _ => "never" });
        writer.WriteBoolean("split"u8, Split);
        writer.WriteEndObject();
    }
}
