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

    /// <summary>
    /// Names of all files of a model that is divided into several: of <c>m-00001-of-00003.gguf</c> that one and the two others, in their
    /// order. Any other name is the only one of its model.
    /// </summary>
    /// <param name="name">Name or path of a file.</param>
    public static ImmutableArray<string> PartsOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return GgufSplit.Parse(name) is { } split && split.Number >= 1 && split.Number <= split.Count && split.Count <= WeightFiles.MaxShards
            ? [.. Enumerable.Range(1, split.Count).Select(number => GgufSplit.NameOf(name, number, split.Count))]
            : [name];
    }

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
