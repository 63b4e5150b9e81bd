namespace Snug.Tokenizers;

/// <summary>
/// The merges of a SentencePiece BPE model, which has none in its file: every way to cut a piece into two pieces is a merge, and the
/// score of the piece says how early. Among equal scores, longer left parts come first.
/// </summary>
internal static class SentencePieceMerges
{
    /// <summary>Most bytes that looking for the merges may read: a hostile file has many long pieces, each of which can be cut anywhere.</summary>
    public const long MaxWork = 1L << 30;

    public static MergeTable Build(Vocabulary vocabulary, IReadOnlyList<(string Text, double Score)> pieces)
    {
        List<Merge> merges = [];
        long work = 0;
        for (int index = 0; index < pieces.Count; index++)
        {
            byte[] piece = System.Text.Encoding.UTF8.GetBytes(pieces[index].Text);
            work += (long)piece.Length * piece.Length;
            if (work > MaxWork)
            {
                throw new TokenizerException("The pieces are too many and too long to find their merges.");
            }

            int product = vocabulary.Find(piece);
            int characters = Utf8.Count(piece);
            int leftCharacters = 0;
            for (int cut = 1; cut < piece.Length; cut++)
            {
                if (Utf8.IsContinuation(piece[cut]))
                {
                    continue;
                }

                leftCharacters++;
                if (vocabulary.Find(piece.AsSpan(0, cut)) is var left and >= 0 && vocabulary.Find(piece.AsSpan(cut)) is var right and >= 0)
                {
                    merges.Add(new Merge(pieces[index].Score, leftCharacters, characters - leftCharacters, index, left, right, product));
                }
            }
        }

        merges.Sort(static (one, other) => one.OrderAgainst(other));
        MergeTable table = new(merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            table.Add(merges[rank].Left, merges[rank].Right, rank, merges[rank].Product);
        }

        return table;
    }

    private readonly record struct Merge(double Score, int LeftLength, int RightLength, int Piece, int Left, int Right, int Product)
    {
        public int OrderAgainst(Merge other)
        {
            int order = other.Score.CompareTo(Score);
            order = order != 0 ? order : other.LeftLength.CompareTo(LeftLength);
            order = order != 0 ? order : other.RightLength.CompareTo(RightLength);
            order = order != 0 ? order : Piece.CompareTo(other.Piece);
            order = order != 0 ? order : Left.CompareTo(other.Left);
            return order != 0 ? order : Right.CompareTo(other.Right);
        }
    }
}
