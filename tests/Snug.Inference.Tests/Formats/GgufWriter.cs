using System.Text;

namespace Snug.Inference.Tests;

/// <summary>Writes GGUF files, sound ones and others.</summary>
internal sealed class GgufWriter
{
    private const int Alignment = 32;
    private readonly List<(string Key, object Value)> _metadata = [];
    private readonly List<(string Name, long[] Shape, uint Type, byte[] Data)> _tensors = [];

    public uint Version { get; init; } = 3;

    /// <summary>Types by their numbers in the format.</summary>
    public static uint NumberOf(TensorType type) => type switch
    {
        TensorType.F32 => 0,
        TensorType.F16 => 1,
        TensorType.Q4_0 => 2,
        TensorType.Q8_0 => 8,
        TensorType.Q4_K => 12,
        TensorType.Q5_K => 13,
        TensorType.Q6_K => 14,
        TensorType.BF16 => 30,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public GgufWriter Add(string key, object value)
    {
        _metadata.Add((key, value));
        return this;
    }

    /// <param name="shape">Outermost first; the file has it the other way round.</param>
    public GgufWriter AddTensor(string name, long[] shape, uint type, byte[] data)
    {
        _tensors.Add((name, shape, type, data));
        return this;
    }

    public byte[] ToArray()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)_metadata.Count);
        foreach ((string key, object value) in _metadata)
        {
            WriteString(writer, key);
            WriteValue(writer, value);
        }

        long offset = 0;
        foreach ((string name, long[] shape, uint type, byte[] data) in _tensors)
        {
            WriteString(writer, name);
            writer.Write(shape.Length);
            foreach (long dimension in shape.Reverse())
            {
                writer.Write(dimension);
            }

            writer.Write(type);
            writer.Write(offset);
            offset += Pad(data.Length);
        }

        foreach ((string _, long[] _, uint _, byte[] data) in _tensors)
        {
            writer.Write(new byte[Pad((int)stream.Length) - stream.Length]);
            writer.Write(data);
        }

        return stream.ToArray();
    }

    private static long Pad(int length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void WriteString(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case uint number:
                writer.Write(4);
                writer.Write(number);
                break;
            case float number:
                writer.Write(6);
                writer.Write(number);
                break;
            case bool flag:
                writer.Write(7);
                writer.Write(flag);
                break;
            case string text:
                writer.Write(8);
                WriteString(writer, text);
                break;
            case string[] texts:
                writer.Write(9);
                writer.Write(8);
                writer.Write((ulong)texts.Length);
                foreach (string text in texts)
                {
                    WriteString(writer, text);
                }

                break;
            case byte[] raw:
                writer.Write(raw);
                break;
            default:
                throw new ArgumentException("Not a value that this writes.", nameof(value));
        }
    }
}
