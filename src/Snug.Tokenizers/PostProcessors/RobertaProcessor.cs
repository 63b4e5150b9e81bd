using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>&lt;s&gt; A &lt;/s&gt;, or &lt;s&gt; A &lt;/s&gt;&lt;/s&gt; B &lt;/s&gt;, all of segment 0.</summary>
internal sealed class RobertaProcessor(SpecialToken separator, SpecialToken start, bool trimOffsets, bool addPrefixSpace) : FrameProcessor(separator, start)
{
    protected override bool SeparatorBeforeSecond => true;

    protected override int SecondTypeId => 0;

    public override int AddedTokens(bool isPair) => isPair ? 4 : 2;

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "RobertaProcessing"u8);
        WriteTokens(writer);
        writer.WriteBoolean("trim_offsets"u8, trimOffsets);
        writer.WriteBoolean("add_prefix_space"u8, addPrefixSpace);
        writer.WriteEndObject();
    }

    protected override void Prepare(IReadOnlyList<Encoding> encodings)
    {
        foreach (Encoding encoding in encodings)
        {
            if (trimOffsets)
            {
                TrimOffsets(encoding, addPrefixSpace);
            }

            encoding.SetTypeIds(0);
        }
    }

    protected override void PreparePart(Encoding part) => part.SetTypeIds(0);
}
