namespace Snug.Tokenizers;

/// <summary>What a SentencePiece model file says, as far as encoding needs it.</summary>
internal sealed class SentencePieceModel
{
    /// <summary>Largest file, in bytes.</summary>
    public const int MaxFileBytes = 256 * 1024 * 1024;

    /// <summary>Most pieces: the largest vocabularies have a few hundred thousand.</summary>
    public const int MaxPieces = 4_000_000;

    /// <summary>Longest piece, in bytes.</summary>
    public const int MaxPieceBytes = 4096;

    public const int Unigram = 1;
    public const int Bpe = 2;

    public List<(string Text, float Score, SentencePiecePieceType Type)> Pieces { get; } = [];

    /// <summary>The kind of the model: <see cref="Unigram"/>, <see cref="Bpe"/>, or one of the two that are not supported.</summary>
    public int ModelType { get; private set; } = Unigram;

    public bool ByteFallback { get; private set; }

    public bool WhitespaceAsSuffix { get; private set; }

    public int UnknownId { get; private set; }

    public int StartId { get; private set; } = 1;

    public int EndId { get; private set; } = 2;

    public int PaddingId { get; private set; } = -1;

    /// <summary>The character map of the normalizer; empty for none.</summary>
    public byte[] CharacterMap { get; private set; } = [];

    public bool AddDummyPrefix { get; private set; } = true;

    public bool RemoveExtraWhitespaces { get; private set; } = true;

    public bool EscapeWhitespaces { get; private set; } = true;

    /// <exception cref="TokenizerException">The file is damaged.</exception>
    public static SentencePieceModel Read(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxFileBytes)
        {
            throw new TokenizerException($"The file has more than {MaxFileBytes} bytes.");
        }

        SentencePieceModel model = new();
        ProtobufReader reader = new(file);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    model.ReadPiece(reader.ReadMessage());
                    break;
                case 2:
                    model.ReadTrainer(reader.ReadMessage());
                    break;
                case 3:
                    model.ReadNormalizer(reader.ReadMessage());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return model.Pieces.Count > 0 ? model : throw new TokenizerException("The file has no pieces: it is no SentencePiece model.");
    }

    private void ReadPiece(ProtobufReader reader)
    {
        int start = reader.Offset;
        string text = "";
        float score = 0;
        SentencePiecePieceType type = SentencePiecePieceType.Normal;
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    text = reader.ReadString();
                    break;
                case 2:
                    score = reader.ReadSingle();
                    break;
                case 3:
                    type = (SentencePiecePieceType)reader.ReadInt32();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (text.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(text) > MaxPieceBytes || !float.IsFinite(score))
        {
            throw ProtobufReader.Error(start, $"starts a piece that is empty, has more than {MaxPieceBytes} bytes, or whose score is no number");
        }

        if (Pieces.Count == MaxPieces)
        {
            throw new TokenizerException($"The file has more than {MaxPieces} pieces.");
        }

        Pieces.Add((text, score, type));
    }

    private void ReadTrainer(ProtobufReader reader)
    {
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 3:
                    ModelType = reader.ReadInt32();
                    break;
                case 24:
                    WhitespaceAsSuffix = reader.ReadBoolean();
                    break;
                case 35:
                    ByteFallback = reader.ReadBoolean();
                    break;
                case 40:
                    UnknownId = reader.ReadInt32();
                    break;
                case 41:
                    StartId = reader.ReadInt32();
                    break;
                case 42:
                    EndId = reader.ReadInt32();
                    break;
                case 43:
                    PaddingId = reader.ReadInt32();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void ReadNormalizer(ProtobufReader reader)
    {
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 2:
                    CharacterMap = reader.ReadBytes().ToArray();
                    break;
                case 3:
                    AddDummyPrefix = reader.ReadBoolean();
                    break;
                case 4:
                    RemoveExtraWhitespaces = reader.ReadBoolean();
                    break;
                case 5:
                    EscapeWhitespaces = reader.ReadBoolean();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }
}
