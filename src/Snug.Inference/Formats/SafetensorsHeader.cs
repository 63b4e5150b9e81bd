using System.Collections.Immutable;
using System.Text.Json;

namespace Snug.Inference;

/// <summary>The JSON header of a safetensors file, parsed and checked against the length of the file.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Bytes of the number that begins the file.</summary>
    public const int LengthBytes = 8;

    /// <summary>Longest header; the reference implementation has the same limit.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    /// <summary>Most tensors in one file. The largest published models have some hundreds in a shard.</summary>
    public const int MaxTensors = 65_536;

    /// <summary>Most dimensions of a tensor.</summary>
    public const int MaxDimensions = 8;

    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 1024;

    /// <summary>Most entries of <c>__metadata__</c>.</summary>
    public const int MaxMetadata = 65_536;

    private const int MaxDepth = 4;

    public required ImmutableArray<TensorInfo> Tensors { get; init; }

    public required ImmutableDictionary<string, string> Metadata { get; init; }

    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long fileLength, string file)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            return new Parser(file, LengthBytes + json.Length, fileLength).Parse(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException is what the reader throws for strings that are no valid UTF-8 or UTF-16.
            throw new ModelFormatException("The header is no valid JSON.", file, LengthBytes + reader.TokenStartIndex, innerException: e);
        }
    }

    private static TensorType? TypeOf(string? name) => name switch
    {
        "F32" => TensorType.F32,
        "F16" => TensorType.F16,
        "BF16" => TensorType.BF16,
        "F64" => TensorType.F64,
        "I8" => TensorType.I8,
        "I16" => TensorType.I16,
        "I32" => TensorType.I32,
        "I64" => TensorType.I64,
        "U8" => TensorType.U8,
        "U16" => TensorType.U16,
        "U32" => TensorType.U32,
        "U64" => TensorType.U64,
        "BOOL" => TensorType.Bool,
        "F8_E4M3" => TensorType.F8_E4M3,
        "F8_E5M2" => TensorType.F8_E5M2,
        "F8_E8M0" => TensorType.F8_E8M0,
        _ => null,
    };

    private sealed class Parser(string file, long dataStart, long fileLength)
    {
        private readonly List<TensorInfo> _tensors = [];
        private readonly HashSet<string> _names = [];
        private ImmutableDictionary<string, string>? _metadata;

        public SafetensorsHeader Parse(ref Utf8JsonReader reader)
        {
            Expect(ref reader, JsonTokenType.StartObject, "The header must be an object.");
            while (Next(ref reader) != JsonTokenType.EndObject)
            {
                string name = reader.GetString()!;
                if (name.Length > MaxNameLength)
                {
                    throw Fault(ref reader, $"A tensor's name has {name.Length} characters, {MaxNameLength} at most.");
                }

                if (!_names.Add(name))
                {
                    throw Fault(ref reader, $"'{name}' is defined twice.");
                }

                if (name == "__metadata__")
                {
                    _metadata = ReadMetadata(ref reader);
                }
                else
                {
                    AddTensor(ref reader, name);
                }
            }

            if (reader.Read())
            {
                throw Fault(ref reader, "Something follows the header's object.");
            }

            EnsureCovered();
            return new SafetensorsHeader { Tensors = [.. _tensors], Metadata = _metadata ?? ImmutableDictionary<string, string>.Empty };
        }

        private ImmutableDictionary<string, string> ReadMetadata(ref Utf8JsonReader reader)
        {
            ImmutableDictionary<string, string>.Builder entries = ImmutableDictionary.CreateBuilder<string, string>();
            Expect(ref reader, JsonTokenType.StartObject, "'__metadata__' must be an object of strings.");
            while (Next(ref reader) != JsonTokenType.EndObject)
            {
                string key = reader.GetString()!;
                Expect(ref reader, JsonTokenType.String, "'__metadata__' must be an object of strings.");
                if (entries.Count == MaxMetadata || entries.ContainsKey(key))
                {
                    throw Fault(ref reader, $"'__metadata__' repeats '{key}' or has more than {MaxMetadata} entries.");
                }

                entries.Add(key, reader.GetString()!);
            }

            return entries.ToImmutable();
        }

        private void AddTensor(ref Utf8JsonReader reader, string name)
        {
            if (_tensors.Count == MaxTensors)
            {
                throw Fault(ref reader, $"The file has more than {MaxTensors} tensors.");
            }

            long at = LengthBytes + reader.TokenStartIndex;
            TensorType? type = null;
            ImmutableArray<long>? shape = null;
            ImmutableArray<long>? offsets = null;
            Expect(ref reader, JsonTokenType.StartObject, $"The entry of '{name}' must be an object.");
            while (Next(ref reader) != JsonTokenType.EndObject)
            {
                string key = reader.GetString()!;
                switch (key)
                {
                    case "dtype" when type is null:
                        Expect(ref reader, JsonTokenType.String, $"The dtype of '{name}' must be a string.");
                        type = TypeOf(reader.GetString()) ?? throw Fault(ref reader, $"The dtype '{reader.GetString()}' of '{name}' is not known.");
                        break;
                    case "shape" when shape is null:
                        shape = ReadNumbers(ref reader, name, MaxDimensions);
                        break;
                    case "data_offsets" when offsets is null:
                        offsets = ReadNumbers(ref reader, name, 2);
                        break;
                    default:
                        throw Fault(ref reader, $"The entry of '{name}' has '{key}' twice, or it is not known.");
                }
            }

            if (type is null || shape is null || offsets is not { Length: 2 })
            {
                throw new ModelFormatException($"The entry of '{name}' lacks dtype, shape or its two data_offsets.", file, at);
            }

            Add(name, type.Value, shape.Value, offsets.Value[0], offsets.Value[1], at);
        }

        private void Add(string name, TensorType type, ImmutableArray<long> shape, long begin, long end, long at)
        {
            UInt128 elements = 1;
            foreach (long dimension in shape)
            {
                elements *= (ulong)dimension;
                if (elements > long.MaxValue)
                {
                    throw new ModelFormatException($"The shape of '{name}' has more elements than any file.", file, at);
                }
            }

            long? length = TensorTypes.ByteLength(type, shape.IsEmpty ? 1 : shape[^1], elements);
            if (begin > end || end > fileLength - dataStart || length != end - begin)
            {
                throw new ModelFormatException(
                    $"'{name}' claims bytes {begin} to {end} of {fileLength - dataStart}; its shape and type need {length}.", file, at);
            }

            _tensors.Add(new TensorInfo(name, type, shape, dataStart + begin, length.Value));
        }

        private ImmutableArray<long> ReadNumbers(ref Utf8JsonReader reader, string name, int most)
        {
            ImmutableArray<long>.Builder numbers = ImmutableArray.CreateBuilder<long>();
            Expect(ref reader, JsonTokenType.StartArray, $"The entry of '{name}' must have an array here.");
            while (Next(ref reader) != JsonTokenType.EndArray)
            {
                if (numbers.Count == most || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                {
                    throw Fault(ref reader, $"The entry of '{name}' must have at most {most} whole numbers of 0 or more here.");
                }

                numbers.Add(number);
            }

            return numbers.ToImmutable();
        }

        /// <summary>No byte of the data belongs to two tensors or to none, as the format demands.</summary>
        private void EnsureCovered()
        {
            long expected = dataStart;
            foreach (TensorInfo tensor in _tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteLength))
            {
                if (tensor.Offset != expected)
                {
                    string what = tensor.Offset < expected ? "overlaps the tensor before it" : "leaves a gap before it";
                    throw new ModelFormatException($"'{tensor.Name}' {what}.", file, tensor.Offset);
                }

                expected += tensor.ByteLength;
            }

            if (expected != fileLength)
            {
                throw new ModelFormatException($"{fileLength - expected} bytes at the end of the file belong to no tensor.", file, expected);
            }
        }

        private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string message)
        {
            if (Next(ref reader) != type)
            {
                throw Fault(ref reader, message);
            }
        }

        private JsonTokenType Next(ref Utf8JsonReader reader) =>
            reader.Read() ? reader.TokenType : throw Fault(ref reader, "The header ends early.");

        private ModelFormatException Fault(ref Utf8JsonReader reader, string message) =>
            new(message, file, LengthBytes + reader.TokenStartIndex);
    }
}
