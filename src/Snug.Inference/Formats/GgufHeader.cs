using System.Collections.Immutable;
using System.Numerics;

namespace Snug.Inference;

/// <summary>Metadata and table of tensors of a GGUF file, checked against its length.</summary>
internal sealed class GgufHeader
{
    /// <summary>Most metadata entries.</summary>
    public const int MaxMetadata = 65_536;

    /// <summary>Most tensors.</summary>
    public const int MaxTensors = 65_536;

    /// <summary>Most elements of a metadata array; vocabularies have some hundred thousand.</summary>
    public const int MaxArray = 1 << 24;

    /// <summary>Most dimensions of a tensor, as upstream.</summary>
    public const int MaxDimensions = 4;

    /// <summary>Longest key, as upstream, in bytes.</summary>
    public const int MaxKeyBytes = 65_535;

    /// <summary>Longest tensor name, in bytes; upstream writes at most 63.</summary>
    public const int MaxNameBytes = 1024;

    /// <summary>Largest alignment.</summary>
    public const int MaxAlignment = 1 << 20;

    private const uint Magic = 0x46554747;
    private const int DefaultAlignment = 32;

    public required int Version { get; init; }

    public required ImmutableDictionary<string, object> Metadata { get; init; }

    public required ImmutableArray<TensorInfo> Tensors { get; init; }

    public static GgufHeader Read(FileContent content)
    {
        GgufReader reader = new(content);
        if (reader.UInt32() != Magic)
        {
            throw reader.Fault("The file does not begin with 'GGUF'.", 0);
        }

        uint version = reader.UInt32();
        if (version is not (2 or 3))
        {
            string what = (version & 0xffff) == 0 ? "The file is big endian, which is not supported." : $"Version {version} is not supported; 2 and 3 are.";
            throw reader.Fault(what, sizeof(uint));
        }

        long countsAt = reader.Position;
        ulong tensors = reader.UInt64();
        ulong entries = reader.UInt64();
        if (tensors > MaxTensors || entries > MaxMetadata)
        {
            throw reader.Fault($"The header claims {tensors} tensors and {entries} entries; {MaxTensors} and {MaxMetadata} are the most.", countsAt);
        }

        ImmutableDictionary<string, object> metadata = ReadMetadata(reader, (int)entries);
        int alignment = ReadAlignment(metadata, reader);
        List<Entry> table = [];
        HashSet<string> names = [];
        for (int i = 0; i < (int)tensors; i++)
        {
            Entry entry = ReadTensor(reader, alignment);
            if (!names.Add(entry.Name))
            {
                throw reader.Fault($"Tensor '{entry.Name}' is defined twice.", entry.At);
            }

            table.Add(entry);
        }

        long dataStart = (reader.Position + alignment - 1) / alignment * alignment;
        return new GgufHeader { Version = (int)version, Metadata = metadata, Tensors = Place(table, dataStart, content.Length, reader) };
    }

    private static ImmutableDictionary<string, object> ReadMetadata(GgufReader reader, int count)
    {
        ImmutableDictionary<string, object>.Builder metadata = ImmutableDictionary.CreateBuilder<string, object>();
        for (int i = 0; i < count; i++)
        {
            long at = reader.Position;
            string key = reader.String(MaxKeyBytes);
            GgufValueType type = (GgufValueType)reader.UInt32();
            object value = type == GgufValueType.Array ? reader.Array(MaxArray) : reader.Scalar(type);
            if (!metadata.TryAdd(key, value) && !metadata[key].Equals(value))
            {
                // Some writers repeat an entry; that is harmless only if it says the same.
                throw reader.Fault($"Entry '{key}' is defined twice.", at);
            }
        }

        return metadata.ToImmutable();
    }

    private static int ReadAlignment(ImmutableDictionary<string, object> metadata, GgufReader reader) =>
        !metadata.TryGetValue("general.alignment", out object? value) ? DefaultAlignment
        : value is uint alignment && BitOperations.IsPow2(alignment) && alignment <= MaxAlignment ? (int)alignment
        : throw reader.Fault($"general.alignment is {value}; it must be a power of two up to {MaxAlignment}.", reader.Position);

    private static Entry ReadTensor(GgufReader reader, int alignment)
    {
        long at = reader.Position;
        string name = reader.String(MaxNameBytes);
        uint dimensions = reader.UInt32();
        if (dimensions > MaxDimensions)
        {
            throw reader.Fault($"Tensor '{name}' has {dimensions} dimensions, {MaxDimensions} at most.", at);
        }

        long[] shape = new long[dimensions];
        UInt128 elements = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            ulong dimension = reader.UInt64();
            elements *= dimension;
            if (dimension > long.MaxValue || elements > long.MaxValue)
            {
                throw reader.Fault($"The shape of tensor '{name}' has more elements than any file.", at);
            }

            // The file has the innermost dimension first.
            shape[shape.Length - 1 - i] = (long)dimension;
        }

        uint number = reader.UInt32();
        ulong offset = reader.UInt64();
        if (TypeOf(number) is not { } type)
        {
            throw reader.Fault($"Tensor '{name}' has type {number}{NameOfUnsupported(number)}, which is not supported.", at);
        }

        if (TensorTypes.ByteLength(type, shape.Length == 0 ? 1 : shape[^1], elements) is not { } length)
        {
            throw reader.Fault($"The rows of tensor '{name}' do not divide into blocks of {type}, or it is larger than any file.", at);
        }

        return offset % (ulong)alignment == 0 && offset <= long.MaxValue
            ? new Entry(name, type, [.. shape], (long)offset, length, at)
            : throw reader.Fault($"The offset {offset} of tensor '{name}' is not aligned to {alignment}.", at);
    }

    private static ImmutableArray<TensorInfo> Place(List<Entry> table, long dataStart, long fileLength, GgufReader reader)
    {
        long room = fileLength - dataStart;
        foreach (Entry entry in table)
        {
            if (entry.Offset > room || entry.Length > room - entry.Offset)
            {
                throw reader.Fault($"Tensor '{entry.Name}' claims {entry.Length} bytes at {entry.Offset}; the data has {Math.Max(0, room)}.", entry.At);
            }
        }

        long end = 0;
        foreach (Entry entry in table.Where(entry => entry.Length > 0).OrderBy(entry => entry.Offset))
        {
            if (entry.Offset < end)
            {
                throw reader.Fault($"Tensor '{entry.Name}' overlaps another.", entry.At);
            }

            end = entry.Offset + entry.Length;
        }

        return [.. table.Select(entry => new TensorInfo(entry.Name, entry.Type, entry.Shape, dataStart + entry.Offset, entry.Length))];
    }

    private static TensorType? TypeOf(uint number) => number switch
    {
        0 => TensorType.F32,
        1 => TensorType.F16,
        2 => TensorType.Q4_0,
        3 => TensorType.Q4_1,
        6 => TensorType.Q5_0,
        7 => TensorType.Q5_1,
        8 => TensorType.Q8_0,
        10 => TensorType.Q2_K,
        11 => TensorType.Q3_K,
        12 => TensorType.Q4_K,
        13 => TensorType.Q5_K,
        14 => TensorType.Q6_K,
        24 => TensorType.I8,
        25 => TensorType.I16,
        26 => TensorType.I32,
        27 => TensorType.I64,
        28 => TensorType.F64,
        30 => TensorType.BF16,
        _ => null,
    };

    private static string NameOfUnsupported(uint number) => number switch
    {
        9 => " (Q8_1)",
        15 => " (Q8_K)",
        16 or 17 or 22 => " (IQ2)",
        18 or 21 => " (IQ3)",
        19 or 29 => " (IQ1)",
        20 or 23 => " (IQ4)",
        34 or 35 => " (TQ)",
        39 => " (MXFP4)",
        _ => "",
    };

    private sealed record Entry(string Name, TensorType Type, ImmutableArray<long> Shape, long Offset, long Length, long At);
}
