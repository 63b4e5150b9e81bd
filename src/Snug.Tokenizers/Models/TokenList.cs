namespace Snug.Tokenizers;

/// <summary>Tokens of pieces of text, in arrays that are used again and again.</summary>
internal sealed class TokenList
{
    private int[] _ids = new int[64];
    private int[] _starts = new int[64];
    private int[] _ends = new int[64];
    private int[] _pieces = new int[64];
    private bool[] _literal = new bool[64];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>First byte of each token in its piece.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    /// <summary>End of each token in its piece.</summary>
    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Count);

    /// <summary>The piece of each token.</summary>
    public ReadOnlySpan<int> Pieces => _pieces.AsSpan(0, Count);

    /// <summary>Whether the text of each token is the text it covers, and not that of its number.</summary>
    public ReadOnlySpan<bool> Literal => _literal.AsSpan(0, Count);

    /// <summary>The piece that tokens are added for.</summary>
    public int CurrentPiece { get; set; }

    /// <summary>The piece that counts as the first; those before it were cut off.</summary>
    public int FirstPiece { get; set; }

    public void Clear()
    {
        Count = 0;
        CurrentPiece = 0;
        FirstPiece = 0;
    }

    public void Add(int id, int start, int end, bool literal = false)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _starts, Count * 2);
            Array.Resize(ref _ends, Count * 2);
            Array.Resize(ref _pieces, Count * 2);
            Array.Resize(ref _literal, Count * 2);
        }

        _ids[Count] = id;
        _starts[Count] = start;
        _ends[Count] = end;
        _pieces[Count] = CurrentPiece;
        _literal[Count++] = literal;
    }

    /// <summary>Takes back what was added last.</summary>
    public void RemoveFrom(int count) => Count = count;

    /// <summary>Turns the order of the pieces around, keeping the order of the tokens of each.</summary>
    public void ReversePieces()
    {
        Reverse(0, Count);
        int start = 0;
        for (int i = 1; i <= Count; i++)
        {
            if (i == Count || _pieces[i] != _pieces[start])
            {
                Reverse(start, i - start);
                start = i;
            }
        }
    }

    private void Reverse(int start, int count)
    {
        Array.Reverse(_ids, start, count);
        Array.Reverse(_starts, start, count);
        Array.Reverse(_ends, start, count);
        Array.Reverse(_pieces, start, count);
        Array.Reverse(_literal, start, count);
    }
}
