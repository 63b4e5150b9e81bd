using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>BERT's and RoBERTa's frames: [CLS] A [SEP] B [SEP], and with RoBERTa one more separator before B.</summary>
internal abstract class FrameProcessor(SpecialToken separator, SpecialToken start) : PostProcessor
{
    /// <summary>Whether a separator stands before the second text.</summary>
    protected abstract bool SeparatorBeforeSecond { get; }

    /// <summary>The segment of the separators of the second text.</summary>
    protected abstract int SecondTypeId { get; }

    public override (int[] Before, int[] After)? Frame(bool addSpecialTokens) => addSpecialTokens ? ([start.Id], [separator.Id]) : ([], []);

    public override IReadOnlyList<Encoding> Process(IReadOnlyList<Encoding> encodings, bool addSpecialTokens)
    {
        Prepare(encodings);
        if (!addSpecialTokens)
        {
            return encodings;
        }

        Encoding[] framed = new Encoding[encodings.Count];
        for (int i = 0; i < framed.Length; i++)
        {
            Encoding[] overflowing = encodings[i].OverflowingParts;
            int sequence = i;
            framed[i] = Wrap(encodings[i], sequence);
            framed[i].OverflowingParts = Array.ConvertAll(overflowing, part => Wrap(part, sequence));
        }

        return framed;
    }

    /// <summary>What is done before the frame is added.</summary>
    protected abstract void Prepare(IReadOnlyList<Encoding> encodings);

    protected void WriteTokens(Utf8JsonWriter writer)
    {
        WriteToken(writer, "sep", separator);
        WriteToken(writer, "cls", start);
    }

    /// <summary>What overflows of a text gets the segments of its frame all over with RoBERTa, and keeps its own with BERT.</summary>
    protected virtual void PreparePart(Encoding part)
    {
    }

    private static void WriteToken(Utf8JsonWriter writer, string name, SpecialToken token)
    {
        writer.WriteStartArray(name);
        writer.WriteStringValue(token.Text);
        writer.WriteNumberValue(token.Id);
        writer.WriteEndArray();
    }

    private Encoding Wrap(Encoding encoding, int sequence)
    {
        Encoding inner = encoding.Copy();
        inner.OverflowingParts = [];
        PreparePart(inner);
        int typeId = sequence == 0 ? 0 : SecondTypeId;
        Encoding end = Encoding.OfSpecial([separator.Id], [separator.Text], typeId);
        List<Encoding> parts = [];
        if (sequence == 0)
        {
            parts.Add(Encoding.OfSpecial([start.Id], [start.Text], typeId));
        }
        else if (SeparatorBeforeSecond)
        {
            parts.Add(end);
        }

        int before = parts.Count;
        parts.Add(inner);
        parts.Add(end);
        inner.ClearMask();
        Encoding whole = Encoding.Merge(parts);
        whole.SetOnlySequence(sequence, before, inner.Length);
        return whole;
    }
}
