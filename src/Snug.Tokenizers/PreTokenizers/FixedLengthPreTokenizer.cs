using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Pieces of a fixed number of characters; the last may be shorter.</summary>
internal sealed class FixedLengthPreTokenizer : PreTokenizer
{
    private readonly int _length;
    private readonly Action<ReadOnlySpan<byte>, MatchList> _split;

    public FixedLengthPreTokenizer(int length)
    {
        _length = length;
        _split = Split;
    }

    public override void PreTokenize(PreTokenizedText text) => text.Split(_split);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "FixedLength"u8);
        writer.WriteNumber("length"u8, _length);
        writer.WriteEndObject();
    }

    private void Split(ReadOnlySpan<byte> piece, MatchList parts)
    {
        int start = 0;
        int count = 0;
        for (int at = 0; at < piece.Length;)
        {
            at += Utf8.LengthOf(piece[at]);
            if (++count == _length || at == piece.Length)
            {
                parts.Add(start, at, false);
                (start, count) = (at, 0);
            }
        }
    }
}
