using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>A GGUF file, version 2 or 3, little endian: typed metadata, a table of tensors, then their data, aligned.</summary>
public sealed class GgufFile : TensorFile
{
    private GgufFile(FileContent content, GgufHeader header)
        : base(content, header.Tensors)
    {
        Version = header.Version;
        Metadata = header.Metadata;
    }

    /// <summary>Version of the format.</summary>
    public int Version { get; }

    /// <summary>
    /// The metadata. Values are boxed: <see cref="byte"/> to <see cref="ulong"/>, <see cref="float"/>, <see cref="double"/>,
    /// <see cref="bool"/>, <see cref="string"/>, or an array of one of these.
    /// </summary>
    public ImmutableDictionary<string, object> Metadata { get; }

    /// <summary>Opens a file and checks its metadata and its table of tensors.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="ModelFormatException">The file is no whole, well-formed GGUF file.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static GgufFile Open(string path)
    {
        FileContent content = new(path);
        try
        {
            return new GgufFile(content, GgufHeader.Read(content));
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }
}
