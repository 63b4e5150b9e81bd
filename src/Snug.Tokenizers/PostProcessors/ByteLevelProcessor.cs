using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Takes white space out of the offsets; adds nothing.</summary>
internal sealed class ByteLevelProcessor(bool addPrefixSpace, bool trimOffsets, bool useRegex) : PostProcessor
{
    public override int AddedTokens(bool isPair) => 0;

    public override (int[] Before, int[] After)? Frame(bool addSpecialTokens) => ([], []);

    public override IReadOnlyList<Encoding> Process(IReadOnlyList<Encoding> encodings, bool addSpecialTokens)
    {
        for (int i = 0; i < encodings.Count; i++)
        {
            if (trimOffsets)
            {
                TrimOffsets(encodings[i], addPrefixSpace);
            }

            encodings[i].SetSequence(i);
        }

        return encodings;
    }

    public override void Write(Utf8JsonWriter writer) => ByteLevelJson.Write(writer, addPrefixSpace, trimOffsets, useRegex);
}
