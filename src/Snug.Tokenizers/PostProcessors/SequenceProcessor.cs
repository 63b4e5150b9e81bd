using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Post-processors one after the other.</summary>
internal sealed class SequenceProcessor(IReadOnlyList<PostProcessor> processors) : PostProcessor
{
    public override int AddedTokens(bool isPair) => processors.Sum(processor => processor.AddedTokens(isPair));

    public override (int[] Before, int[] After)? Frame(bool addSpecialTokens)
    {
        List<int> before = [];
        List<int> after = [];
        int framing = 0;
        foreach (PostProcessor processor in processors)
        {
            if (processor.Frame(addSpecialTokens) is not { } frame)
            {
                return null;
            }

            // Where two processors add tokens, what comes of it depends on more than their numbers.
            framing += frame.Before.Length + frame.After.Length > 0 ? 1 : 0;
            before.InsertRange(0, frame.Before);
            after.AddRange(frame.After);
        }

        return framing > 1 ? null : ([.. before], [.. after]);
    }

    public override IReadOnlyList<Encoding> Process(IReadOnlyList<Encoding> encodings, bool addSpecialTokens)
    {
        foreach (PostProcessor processor in processors)
        {
            encodings = processor.Process(encodings, addSpecialTokens);
        }

        return encodings;
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Sequence"u8);
        writer.WriteStartArray("processors"u8);
        foreach (PostProcessor processor in processors)
        {
            processor.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
