using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Snug.Inference;

/// <summary>Reads numbers and strings from the beginning of a GGUF file, never more than what is left of it.</summary>
internal sealed class GgufReader(FileContent content)
{
    /// <summary>Longest string: chat templates have some ten thousand bytes.</summary>
    public const int MaxStringBytes = 16 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _used;
    private int _filled;

    /// <summary>Bytes from the beginning of the file to what is read next.</summary>
    public long Position { get; private set; }

    public long Remaining => content.Length - Position;

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public string String(int most)
    {
        long at = Position;
        ulong length = UInt64();
        if (length > (ulong)most || length > (ulong)Remaining)
        {
            throw Fault($"A string claims {length} bytes; {Remaining} are left, and {most} is the most.", at);
        }

        byte[]? large = length > (ulong)_buffer.Length ? new byte[length] : null;
        ReadOnlySpan<byte> bytes = large is null ? Take((int)length) : ReadLarge(large);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // Some vocabularies hold pieces of characters; they stay readable, and whoever needs the bytes has the tokenizer's file.
            return Encoding.UTF8.GetString(bytes);
        }
    }

    public object Scalar(GgufValueType type)
    {
        long at = Position;
        return type switch
        {
            GgufValueType.UInt8 => Take(1)[0],
            GgufValueType.Int8 => (sbyte)Take(1)[0],
            GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
            GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(Take(2)),
            GgufValueType.UInt32 => UInt32(),
            GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
            GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
            GgufValueType.Bool => Bool(),
            GgufValueType.String => String(MaxStringBytes),
            GgufValueType.UInt64 => UInt64(),
            GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
            GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
            _ => throw Fault($"Value type {(uint)type} is not known.", at - sizeof(uint)),
        };
    }

    /// <summary>An array of scalars; arrays within arrays are refused.</summary>
    public object Array(int most)
    {
        long at = Position;
        GgufValueType type = (GgufValueType)UInt32();
        ulong count = UInt64();
        int size = SizeOf(type);
        if (size == 0)
        {
            throw Fault(type == GgufValueType.Array ? "An array within an array." : $"Value type {(uint)type} is not known.", at);
        }

        if (count > (ulong)most || count > (ulong)(Remaining / size))
        {
            throw Fault($"An array claims {count} elements; {Remaining} bytes are left, and {most} elements is the most.", at);
        }

        int length = (int)count;
        return type switch
        {
            GgufValueType.UInt8 => Numbers<byte>(length),
            GgufValueType.Int8 => Numbers<sbyte>(length),
            GgufValueType.UInt16 => Numbers<ushort>(length),
            GgufValueType.Int16 => Numbers<short>(length),
            GgufValueType.UInt32 => Numbers<uint>(length),
            GgufValueType.Int32 => Numbers<int>(length),
            GgufValueType.Float32 => Numbers<float>(length),
            GgufValueType.UInt64 => Numbers<ulong>(length),
            GgufValueType.Int64 => Numbers<long>(length),
            GgufValueType.Float64 => Numbers<double>(length),
            GgufValueType.Bool => Elements(length, Bool),
            _ => Elements(length, () => String(MaxStringBytes)),
        };
    }

    public ModelFormatException Fault(string message, long at) => new(message, content.Path, at);

    /// <summary>Least bytes of an element; 0 for what no array may hold.</summary>
    private static int SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 or GgufValueType.String => 8,
        _ => 0,
    };

    private static T[] Elements<T>(int count, Func<T> read)
    {
        T[] elements = new T[count];
        for (int i = 0; i < count; i++)
        {
            elements[i] = read();
        }

        return elements;
    }

    private T[] Numbers<T>(int count)
        where T : unmanaged
    {
        T[] numbers = new T[count];
        _ = ReadLarge(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }

    private bool Bool()
    {
        byte value = Take(1)[0];
        return value <= 1 ? value == 1 : throw Fault($"A truth value is {value}.", Position - 1);
    }

    private ReadOnlySpan<byte> ReadLarge(Span<byte> destination)
    {
        Span<byte> rest = destination;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> part = Take(Math.Min(rest.Length, _buffer.Length));
            part.CopyTo(rest);
            rest = rest[part.Length..];
        }

        return destination;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            throw Fault($"The file ends early: {count} bytes were expected and {Remaining} are left.", Position);
        }

        if (_filled - _used < count)
        {
            int kept = _filled - _used;
            _buffer.AsSpan(_used, kept).CopyTo(_buffer);
            int fill = (int)Math.Min(_buffer.Length - kept, Remaining - kept);
            content.Read(Position + kept, _buffer.AsSpan(kept, fill));
            _used = 0;
            _filled = kept + fill;
        }

        ReadOnlySpan<byte> taken = _buffer.AsSpan(_used, count);
        _used += count;
        Position += count;
        return taken;
    }
}
