namespace Snug.Inference;

/// <summary>
/// Sequences that are computed together, laid one behind the other without padding: linear layers go over all tokens at once, attention
/// over each sequence. Made once, filled anew for every batch; grows as batches do.
/// </summary>
internal sealed class EncoderPass(EncoderConfiguration configuration, bool rounded) : IDisposable
{
    /// <summary>Room is made in steps, so that batches that differ by a few tokens use the same.</summary>
    private const int Granule = 128;

    private int[] _tokens = [];
    private int[] _types = [];
    private int[] _positions = [];
    private int[] _starts = new int[1];
    private EncoderBuffers? _buffers;

    public EncoderConfiguration Configuration => configuration;

    /// <summary>The intermediate results.</summary>
    public EncoderBuffers Buffers => _buffers!;

    /// <summary>Number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Number of sequences.</summary>
    public int SequenceCount { get; private set; }

    /// <summary>Tokens of the longest sequence.</summary>
    public int Longest { get; private set; }

    /// <summary>The tokens of all sequences.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Rows of the table of positions.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    /// <summary>Rows of the table of types.</summary>
    public ReadOnlySpan<int> Types => _types.AsSpan(0, Count);

    /// <summary>Where each sequence begins, and behind the last one where it ends.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, SequenceCount + 1);

    /// <summary>Takes some of the inputs, which were checked, in that order.</summary>
    public void Fill(IReadOnlyList<EncoderInput> inputs, ReadOnlySpan<int> order)
    {
        Count = 0;
        Longest = 0;
        SequenceCount = order.Length;
        if (_starts.Length <= order.Length)
        {
            _starts = new int[Math.Max(order.Length + 1, 2 * _starts.Length)];
        }

        foreach (int index in order)
        {
            int length = inputs[index].Tokens.Length;
            Count += length;
            Longest = Math.Max(Longest, length);
        }

        Reserve();
        int start = 0;
        for (int i = 0; i < order.Length; i++)
        {
            _starts[i] = start;
            start += Put(inputs[order[i]], start);
        }

        _starts[order.Length] = start;
    }

    public void Dispose() => _buffers?.Dispose();

    private void Reserve()
    {
        if (_buffers is null || _buffers.Tokens < Count)
        {
            _buffers?.Dispose();
            _buffers = null;
            int room = checked(Count + Granule - 1) / Granule * Granule;
            _buffers = new EncoderBuffers(configuration, room, rounded);
            _tokens = new int[room];
            _types = new int[room];
            _positions = new int[room];
        }
    }

    private int Put(EncoderInput input, int start)
    {
        ReadOnlySpan<int> tokens = input.Tokens.Span;
        tokens.CopyTo(_tokens.AsSpan(start));
        if (input.TypeIds.IsEmpty)
        {
            _types.AsSpan(start, tokens.Length).Clear();
        }
        else
        {
            input.TypeIds.Span.CopyTo(_types.AsSpan(start));
        }

        // Where positions begin behind the padding token's, a padding token within the text has that one, and is not counted.
        int position = configuration.FirstPosition;
        for (int i = 0; i < tokens.Length; i++)
        {
            _positions[start + i] = configuration.FirstPosition > 0 && tokens[i] == configuration.PadToken ? configuration.FirstPosition - 1 : position++;
        }

        return tokens.Length;
    }
}
