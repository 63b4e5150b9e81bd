using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>A safetensors file: eight bytes of header length, a JSON header, then the tensors without gaps.</summary>
public sealed class SafetensorsFile : TensorFile
{
    private SafetensorsFile(FileContent content, SafetensorsHeader header)
        : base(content, header.Tensors) => Metadata = header.Metadata;

    /// <summary>The strings of <c>__metadata__</c>; empty when the file has none.</summary>
    public ImmutableDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="ModelFormatException">The file is no whole, well-formed safetensors file.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileContent content = new(path);
        try
        {
            return new SafetensorsFile(content, ReadHeader(content));
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    private static SafetensorsHeader ReadHeader(FileContent content)
    {
        if (content.Length < SafetensorsHeader.LengthBytes)
        {
            throw new ModelFormatException($"A safetensors file has at least 8 bytes, this one {content.Length}.", content.Path, 0);
        }

        Span<byte> prefix = stackalloc byte[SafetensorsHeader.LengthBytes];
        content.Read(0, prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.MaxHeaderBytes || length > (ulong)(content.Length - SafetensorsHeader.LengthBytes))
        {
            throw new ModelFormatException(
                $"The header claims {length} bytes; the file has {content.Length} and a header may have {SafetensorsHeader.MaxHeaderBytes}.", content.Path, 0);
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            Span<byte> json = rented.AsSpan(0, (int)length);
            content.Read(SafetensorsHeader.LengthBytes, json);
            return SafetensorsHeader.Parse(json, content.Length, content.Path);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
