using System.Buffers.Text;

namespace Snug.Tokenizers;

/// <summary>OpenAI's .tiktoken files: a token in base64 and its rank on every line.</summary>
internal static class TiktokenFormat
{
    public static TokenizerParts Read(ReadOnlySpan<byte> text, string pattern, IReadOnlyDictionary<string, int> specialTokens)
    {
        RankedBytesFormat format = new();
        byte[] token = new byte[RankedBytesFormat.MaxTokenBytes];
        int number = 0;
        foreach (Range range in TextLines.Of(text))
        {
            ReadOnlySpan<byte> line = text[range];
            number++;
            if (line.IsEmpty)
            {
                continue;
            }

            int space = line.IndexOf((byte)' ');
            if (space < 0
                || Base64.GetMaxDecodedFromUtf8Length(space) > token.Length
                || Base64.DecodeFromUtf8(line[..space], token, out _, out int length) != System.Buffers.OperationStatus.Done
                || !int.TryParse(line[(space + 1)..], System.Globalization.NumberStyles.None, null, out int rank))
            {
                throw new TokenizerException($"Line {number} is not a token in base64 and its rank.");
            }

            format.Add(token.AsSpan(0, length), rank);
        }

        return format.Build(pattern, 0, [.. specialTokens.OrderBy(pair => pair.Value).Select(pair => (pair.Key, pair.Value))]);
    }
}
