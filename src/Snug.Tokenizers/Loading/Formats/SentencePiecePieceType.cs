namespace Snug.Tokenizers;

/// <summary>What a piece of a SentencePiece model is for.</summary>
internal enum SentencePiecePieceType
{
    Normal = 1,
    Unknown = 2,

    /// <summary>Not from text: start and end of a text, padding.</summary>
    Control = 3,

    /// <summary>Found in the text before anything else.</summary>
    UserDefined = 4,
    Unused = 5,

    /// <summary>A byte of a character that the model does not have.</summary>
    Byte = 6,
}
