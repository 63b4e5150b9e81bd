namespace Snug.Pretrained;

/// <summary>What a token of a GGUF vocabulary is, by its number in the file (SentencePiece's types).</summary>
internal enum GgufTokenKind
{
    Undefined = 0,
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}
