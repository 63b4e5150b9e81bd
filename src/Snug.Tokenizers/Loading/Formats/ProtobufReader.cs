using System.Buffers.Binary;

namespace Snug.Tokenizers;

/// <summary>
/// Reads a message of Protocol Buffers field by field. Every length is checked against what is left before it is trusted, and
/// nothing is copied; nested messages are read by a reader of their own, so that nesting cannot run away.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, int offset = 0)
{
    /// <summary>Most bytes of a number of variable length.</summary>
    private const int MaxVarintBytes = 10;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>The number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>How its value is written.</summary>
    public ProtobufWireType WireType { get; private set; }

    /// <summary>Where the reader stands, from the start of the file.</summary>
    public readonly int Offset => offset + _position;

    /// <summary>Goes to the next field, whose value must then be read or skipped.</summary>
    /// <returns>False at the end.</returns>
    public bool Read()
    {
        if (_position == _message.Length)
        {
            return false;
        }

        int start = Offset;
        ulong tag = ReadVarint();
        Field = (int)(tag >> 3);
        WireType = (ProtobufWireType)(tag & 7);
        if (tag > uint.MaxValue || Field == 0)
        {
            throw Error(start, "is not the start of a field");
        }

        return true;
    }

    public int ReadInt32()
    {
        Expect(ProtobufWireType.Varint);

        // Negative numbers are written with 64 bits.
        return unchecked((int)ReadVarint());
    }

    public bool ReadBoolean()
    {
        Expect(ProtobufWireType.Varint);
        return ReadVarint() != 0;
    }

    public float ReadSingle()
    {
        Expect(ProtobufWireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        Expect(ProtobufWireType.LengthDelimited);
        int start = Offset;
        ulong length = ReadVarint();
        return length <= (ulong)(_message.Length - _position) ? Take((int)length) : throw Error(start, $"asks for {length} bytes, of which {_message.Length - _position} are there");
    }

    public string ReadString()
    {
        int start = Offset;
        ReadOnlySpan<byte> bytes = ReadBytes();
        return System.Text.Unicode.Utf8.IsValid(bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : throw Error(start, "is not UTF-8");
    }

    public ProtobufReader ReadMessage()
    {
        ReadOnlySpan<byte> bytes = ReadBytes();
        return new ProtobufReader(bytes, Offset - bytes.Length);
    }

    public void Skip()
    {
        switch (WireType)
        {
            case ProtobufWireType.Varint:
                ReadVarint();
                break;
            case ProtobufWireType.Fixed64:
                Take(8);
                break;
            case ProtobufWireType.LengthDelimited:
                ReadBytes();
                break;
            case ProtobufWireType.Fixed32:
                Take(4);
                break;
            default:
                throw Error(Offset, $"has a field {Field} that is written in a way that is not known ({(int)WireType})");
        }
    }

    public static TokenizerException Error(int offset, string message) => new($"Byte {offset} {message}.");

    private readonly void Expect(ProtobufWireType type)
    {
        if (WireType != type)
        {
            throw Error(Offset, $"has a field {Field} of another type than it should have");
        }
    }

    private ulong ReadVarint()
    {
        int start = Offset;
        ulong value = 0;
        for (int i = 0; i < MaxVarintBytes; i++)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Error(start, $"is a number of more than {MaxVarintBytes} bytes");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _message.Length - _position)
        {
            throw Error(Offset, "should follow, but the file or the message ends");
        }

        ReadOnlySpan<byte> taken = _message.Slice(_position, length);
        _position += length;
        return taken;
    }
}
