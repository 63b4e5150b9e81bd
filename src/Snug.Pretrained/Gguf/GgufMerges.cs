namespace Snug.Pretrained;

/// <summary>
/// The merges of a SentencePiece vocabulary, which has scores instead: a piece is merged from every two pieces that it can be cut into,
/// and the better its score the earlier, as Python's converters have it.
/// </summary>
internal static class GgufMerges
{
    /// <summary>Longest piece that is cut, in characters; SentencePiece itself makes none longer than 16 unless asked to.</summary>
    private const int MaxPieceLength = 512;

    public static IEnumerable<(string Left, string Right)> FromScores(GgufVocabulary vocabulary)
    {
        float[] scores = vocabulary.Scores;
        Dictionary<string, int> ids = new(vocabulary.Tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < vocabulary.Tokens.Length; id++)
        {
            if (vocabulary.Kinds[id] == GgufTokenKind.Normal)
            {
                ids.TryAdd(vocabulary.Tokens[id], id);
            }
        }

        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        List<(int Left, int Right, float Score)> merges = [];
        foreach ((string piece, int id) in ids.OrderBy(entry => entry.Value))
        {
            int first = merges.Count;
            for (int at = 1; at < piece.Length && piece.Length <= MaxPieceLength; at++)
            {
                if (!char.IsLowSurrogate(piece[at]) && lookup.TryGetValue(piece.AsSpan(0, at), out int left) && lookup.TryGetValue(piece.AsSpan(at), out int right))
                {
                    merges.Add((left, right, scores[id]));
                }
            }

            merges.Sort(first, merges.Count - first, Comparer<(int Left, int Right, float Score)>.Create((a, b) => (a.Left, a.Right).CompareTo((b.Left, b.Right))));
        }

        string[] tokens = vocabulary.Tokens;
        return merges
            .OrderByDescending(merge => merge.Score)
            .ThenByDescending(merge => tokens[merge.Left].Length)
            .ThenByDescending(merge => tokens[merge.Right].Length)
            .Select(merge => (tokens[merge.Left], tokens[merge.Right]));
    }
}
