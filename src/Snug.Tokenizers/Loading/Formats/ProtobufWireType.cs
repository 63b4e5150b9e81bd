namespace Snug.Tokenizers;

/// <summary>How a value of Protocol Buffers is written.</summary>
internal enum ProtobufWireType
{
    Varint = 0,
    Fixed64 = 1,
    LengthDelimited = 2,
    Fixed32 = 5,
}
