using System.Buffers.Binary;

namespace Snug.Tokenizers.Tests;

/// <summary>Writes SentencePiece model files: the same messages as SentencePiece's own, for models that only have a tokenizer.json.</summary>
internal sealed class SentencePieceWriter
{
    private readonly List<byte> _pieces = [];
    private readonly List<byte> _trainer = [];
    private readonly List<byte> _normalizer = [];

    public SentencePieceWriter Piece(string text, float score, int type = 1)
    {
        List<byte> piece = [];
        Bytes(piece, 1, System.Text.Encoding.UTF8.GetBytes(text));
        Single(piece, 2, score);
        if (type != 1)
        {
            Number(piece, 3, type);
        }

        Bytes(_pieces, 1, [.. piece]);
        return this;
    }

    public SentencePieceWriter Trainer(int field, long value)
    {
        Number(_trainer, field, value);
        return this;
    }

    public SentencePieceWriter Normalizer(int field, long value)
    {
        Number(_normalizer, field, value);
        return this;
    }

    public SentencePieceWriter CharacterMap(byte[] map)
    {
        Bytes(_normalizer, 2, map);
        return this;
    }

    public byte[] ToArray()
    {
        List<byte> file = [];
        file.AddRange(_pieces);
        Bytes(file, 2, [.. _trainer]);
        Bytes(file, 3, [.. _normalizer]);
        return [.. file];
    }

    private static void Number(List<byte> stream, int field, long value)
    {
        Varint(stream, (ulong)field << 3);
        Varint(stream, (ulong)value);
    }

    private static void Single(List<byte> stream, int field, float value)
    {
        Varint(stream, ((ulong)field << 3) | 5);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        stream.AddRange(bytes);
    }

    private static void Bytes(List<byte> stream, int field, ReadOnlySpan<byte> value)
    {
        Varint(stream, ((ulong)field << 3) | 2);
        Varint(stream, (ulong)value.Length);
        stream.AddRange(value);
    }

    private static void Varint(List<byte> stream, ulong value)
    {
        while (value >= 0x80)
        {
            stream.Add((byte)(value | 0x80));
            value >>= 7;
        }

        stream.Add((byte)value);
    }
}
