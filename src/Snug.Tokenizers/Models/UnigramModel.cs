using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Unigram: the segmentation with the best sum of scores, found with 64-bit floating point in the reference's order.</summary>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10.0;

    [ThreadStatic]
    private static Node[]? _nodes;

    private readonly (string Piece, double Score)[] _pieces;
    private readonly double[] _scores;
    private readonly ByteTrie _trie;
    private readonly int _unknown;
    private readonly bool _byteFallback;
    private readonly double _unknownScore;
    private readonly int[] _bytes = new int[256];

    /// <param name="vocabulary">The pieces, numbered in order.</param>
    /// <param name="pieces">The pieces with their scores.</param>
    /// <param name="unknown">The unknown piece, or -1.</param>
    /// <param name="byteFallback">Whether unknown text becomes byte pieces.</param>
    public UnigramModel(Vocabulary vocabulary, (string Piece, double Score)[] pieces, int unknown, bool byteFallback)
        : base(vocabulary)
    {
        (_pieces, _unknown, _byteFallback) = (pieces, unknown, byteFallback);
        _scores = Array.ConvertAll(pieces, piece => piece.Score);
        double least = double.PositiveInfinity;
        foreach (double score in _scores)
        {
            least = score < least ? score : least;
        }

        _unknownScore = least - UnknownPenalty;
        _trie = new ByteTrie(
            Array.ConvertAll(pieces, piece => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(piece.Piece)),
            [.. Enumerable.Range(0, pieces.Length)]);
        for (int value = 0; value < 256; value++)
        {
            _bytes[value] = vocabulary.Find(BpeModel.ByteToken(value));
        }
    }

    public override int Size => _pieces.Length;

    /// <summary>The unknown piece, or -1.</summary>
    public int Unknown => _unknown;

    // A piece that comes twice has two numbers, though only the last is ever given out.
    public override string? TextOf(int id) => (uint)id < (uint)_pieces.Length ? _pieces[id].Piece : null;

    public override void Tokenize(ReadOnlySpan<byte> text, TokenList tokens)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (_nodes is null || _nodes.Length <= text.Length)
        {
            _nodes = new Node[Math.Max(text.Length + 1, 256)];
        }

        Node[] nodes = _nodes;
        FindBestPath(text, nodes);

        // The path runs backwards; turned around, each start knows its end.
        int end = text.Length;
        while (end > 0)
        {
            int start = nodes[end].Start;
            nodes[start].End = end;
            end = start;
        }

        for (int at = 0; at < text.Length;)
        {
            int next = nodes[at].End;
            int start = at;
            bool unknown = nodes[next].Id == _unknown;
            at = next;

            // Neighbouring unknown pieces are one.
            while (unknown && at < text.Length && nodes[nodes[at].End].Id == _unknown)
            {
                at = nodes[at].End;
            }

            AddPiece(text, start, at, tokens);
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Unigram"u8);
        if (_unknown < 0)
        {
            writer.WriteNull("unk_id"u8);
        }
        else
        {
            writer.WriteNumber("unk_id"u8, _unknown);
        }

        writer.WriteStartArray("vocab"u8);
        foreach ((string piece, double score) in _pieces)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(piece);
            writer.WriteNumberValue(score);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("byte_fallback"u8, _byteFallback);
        writer.WriteEndObject();
    }

    private void FindBestPath(ReadOnlySpan<byte> text, Node[] nodes)
    {
        nodes.AsSpan(0, text.Length + 1).Fill(new Node { Start = -1, Id = 0, Score = 0, End = 0 });
        for (int start = 0; start < text.Length;)
        {
            double soFar = nodes[start].Score;
            int length = Utf8.LengthOf(text[start]);
            bool single = false;
            int node = ByteTrie.Root;
            for (int at = start; at < text.Length;)
            {
                node = _trie.Child(node, text[at++]);
                if (node < 0)
                {
                    break;
                }

                int id = _trie.Value(node);
                if (id >= 0)
                {
                    Update(ref nodes[at], _scores[id] + soFar, start, id);
                    single |= at - start == length;
                }
            }

            if (!single)
            {
                ref Node target = ref nodes[start + length];
                double score = _unknownScore + soFar;
                if (target.Start < 0 || score > target.Score)
                {
                    Update(ref target, score, start, _unknown >= 0 ? _unknown : throw new TokenizerException("The text has unknown characters and the model has no unknown piece."));
                }
            }

            start += length;
        }
    }

    private static void Update(ref Node node, double score, int start, int id)
    {
        if (node.Start < 0 || score > node.Score)
        {
            node.Score = score;
            node.Start = start;
            node.Id = id;
        }
    }

    private void AddPiece(ReadOnlySpan<byte> text, int start, int end, TokenList tokens)
    {
        ReadOnlySpan<byte> piece = text[start..end];
        int id = Vocabulary.Find(piece);
        if (id >= 0)
        {
            tokens.Add(id, start, end);
            return;
        }

        if (_byteFallback && HasBytes(piece))
        {
            foreach (byte value in piece)
            {
                tokens.Add(_bytes[value], start, end);
            }

            return;
        }

        tokens.Add(_unknown >= 0 ? _unknown : throw new TokenizerException("The text has unknown characters and the model has no unknown piece."), start, end, literal: true);
    }

    private bool HasBytes(ReadOnlySpan<byte> piece)
    {
        foreach (byte value in piece)
        {
            if (_bytes[value] < 0)
            {
                return false;
            }
        }

        return true;
    }

    private struct Node
    {
        public double Score;
        public int Start;
        public int Id;
        public int End;
    }
}
