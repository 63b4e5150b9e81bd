using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>
/// The short way through a file: large members are read by <see cref="PlainJson"/>, and the JSON reader goes on behind them as
/// if it had read null there. From then on it does not know its place in the file.
/// </summary>
internal sealed class PlainLane(ReadOnlyMemory<byte> json)
{
    private readonly MergesAhead? _ahead = MergesAhead.Begin(json);

    // Where the bytes of the reader start in the file.
    private int _base;

    /// <summary>Reads the vocabulary behind the name that the reader stands on; null, and nothing is done, when it is unusual.</summary>
    public VocabularyBuilder? ReadTokens(ref Utf8JsonReader reader)
    {
        VocabularyBuilder? tokens = PlainJson.ReadTokens(json.Span, StartOfValue(ref reader), out int end);
        if (tokens is not null)
        {
            GoOn(ref reader, end);
        }

        return tokens;
    }

    /// <summary>Reads the merges behind the name that the reader stands on; null, and nothing is done, when they are unusual.</summary>
    public MergeListBuilder? ReadMerges(ref Utf8JsonReader reader)
    {
        int start = StartOfValue(ref reader);
        int end;
        MergeListBuilder? merges = _ahead?.Start == start ? _ahead.Take(out end) : PlainJson.ReadMerges(json.Span, start, out end);
        if (merges is not null)
        {
            GoOn(ref reader, end);
        }

        return merges;
    }

    private int StartOfValue(ref Utf8JsonReader reader)
    {
        int start = _base + (int)reader.BytesConsumed;
        ReadOnlySpan<byte> bytes = json.Span;
        while (start < bytes.Length && bytes[start] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            start++;
        }

        return start;
    }

    private void GoOn(ref Utf8JsonReader reader, int end)
    {
        Utf8JsonReader value = new("null"u8, isFinalBlock: false, reader.CurrentState);
        value.Read();
        reader = new Utf8JsonReader(json.Span[end..], isFinalBlock: true, value.CurrentState);
        _base = end;
    }
}
