using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Adds the tokens that a model wants around its texts.</summary>
internal abstract class PostProcessor
{
    /// <summary>Number of tokens that are added.</summary>
    public abstract int AddedTokens(bool isPair);

    /// <summary>Processes one encoding or the two of a pair; what comes back is to be joined.</summary>
    public abstract IReadOnlyList<Encoding> Process(IReadOnlyList<Encoding> encodings, bool addSpecialTokens);

    /// <summary>The numbers that come out for one text: those before it and those behind it; null when this needs the whole encoding.</summary>
    public virtual (int[] Before, int[] After)? Frame(bool addSpecialTokens) => null;

    /// <summary>Writes the component as it stands in a tokenizer file.</summary>
    public abstract void Write(Utf8JsonWriter writer);

    /// <summary>Runs a processor, or joins when there is none.</summary>
    public static Encoding Run(PostProcessor? processor, Encoding first, Encoding? second, bool addSpecialTokens)
    {
        if (processor is null)
        {
            if (second is null)
            {
                return first;
            }

            first.SetSequence(0);
            second.SetSequence(1);
            return Encoding.Merge([first, second]);
        }

        Encoding[] encodings = second is null ? [first] : [first, second];
        for (int i = 0; i < encodings.Length; i++)
        {
            encodings[i].SetSequence(i);
            foreach (Encoding part in encodings[i].OverflowingParts)
            {
                part.SetSequence(i);
            }

            encodings[i].SetTypeIds(i);
        }

        return Encoding.Merge(processor.Process(encodings, addSpecialTokens));
    }

    /// <summary>Takes white space out of the offsets of an encoding and of what overflows.</summary>
    protected static void TrimOffsets(Encoding encoding, bool addPrefixSpace)
    {
        encoding.TrimOffsets(addPrefixSpace);
        foreach (Encoding part in encoding.OverflowingParts)
        {
            part.TrimOffsets(addPrefixSpace);
        }
    }
}
