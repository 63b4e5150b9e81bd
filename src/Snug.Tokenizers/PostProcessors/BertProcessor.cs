using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>[CLS] A [SEP], or [CLS] A [SEP] B [SEP] with segments 0 and 1.</summary>
internal sealed class BertProcessor(SpecialToken separator, SpecialToken start) : FrameProcessor(separator, start)
{
    protected override bool SeparatorBeforeSecond => false;

    protected override int SecondTypeId => 1;

    public override int AddedTokens(bool isPair) => isPair ? 3 : 2;

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "BertProcessing"u8);
        WriteTokens(writer);
        writer.WriteEndObject();
    }

    protected override void Prepare(IReadOnlyList<Encoding> encodings)
    {
    }
}
