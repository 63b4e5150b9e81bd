namespace Snug.Tokenizers;

/// <summary>
/// The merges of a large file, read by another thread while the vocabulary before them is read. Where they start is a guess,
/// so what was read counts only if they turn out to start there.
/// </summary>
internal sealed class MergesAhead
{
    private readonly ReadOnlyMemory<byte> _json;
    private readonly Task<(MergeListBuilder? Merges, int End)> _reading;
    private int _isTaken;

    private MergesAhead(ReadOnlyMemory<byte> json, int start)
    {
        (_json, Start) = (json, start);
        _reading = Task.Run(() => Interlocked.Exchange(ref _isTaken, 1) == 0 ? Read() : default);
    }

    /// <summary>Where the array starts.</summary>
    public int Start { get; }

    /// <summary>Begins to read, where it seems to be worth it.</summary>
    public static MergesAhead? Begin(ReadOnlyMemory<byte> json)
    {
        const int WorthIt = 1 << 20;
        if (json.Length < WorthIt || Environment.ProcessorCount == 1)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = json.Span;
        ReadOnlySpan<byte> name = "\"merges\""u8;
        int found = bytes.IndexOf(name);
        if (found < 0)
        {
            return null;
        }

        int start = found + name.Length;
        while (start < bytes.Length && bytes[start] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)':')
        {
            start++;
        }

        return start < bytes.Length && bytes[start] == '[' ? new MergesAhead(json, start) : null;
    }

    /// <summary>What was read; null where the merges are unusual.</summary>
    /// <param name="end">The byte behind the array.</param>
    public MergeListBuilder? Take(out int end)
    {
        // Where no thread was free so far, this one reads instead of waiting.
        (MergeListBuilder? merges, end) = Interlocked.Exchange(ref _isTaken, 1) == 0 ? Read() : _reading.GetAwaiter().GetResult();
        return merges;
    }

    private (MergeListBuilder? Merges, int End) Read()
    {
        MergeListBuilder? merges = PlainJson.ReadMerges(_json.Span, Start, out int end);
        return (merges, end);
    }
}
