using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>
/// A file of tensors whose table of contents was checked before anything is believed: sizes, offsets and names. The content is mapped into
/// memory when it is first asked for, read only. Instances may be used by several threads.
/// </summary>
public abstract class TensorFile : IDisposable
{
    private readonly FileContent _content;
    private readonly Dictionary<string, TensorInfo> _byName;

    private protected TensorFile(FileContent content, ImmutableArray<TensorInfo> tensors)
    {
        _content = content;
        Tensors = tensors;
        _byName = tensors.ToDictionary(tensor => tensor.Name);
    }

    /// <summary>Path of the file.</summary>
    public string FilePath => _content.Path;

    /// <summary>The tensors, in the order of the file's table.</summary>
    public ImmutableArray<TensorInfo> Tensors { get; }

    internal FileContent Content => _content;

    /// <summary>The tensor of that name, or null.</summary>
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Copies a part of a tensor's bytes as they are stored.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="offset">Bytes into the tensor.</param>
    /// <param name="destination">Is filled.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within the tensor.</exception>
    /// <exception cref="ModelFormatException">The file became shorter since it was opened.</exception>
    public void Read(TensorInfo tensor, long offset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, tensor.ByteLength - offset, nameof(destination));
        _content.Read(tensor.Offset + offset, destination);
    }

    /// <summary>Decodes a tensor into single precision.</summary>
    /// <param name="tensor">A tensor of this file, of a type that can be computed with.</param>
    /// <exception cref="ModelFormatException">Its type cannot be decoded, or it has more elements than an array.</exception>
    public float[] ReadSingles(TensorInfo tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!TensorTypes.IsComputable(tensor.Type) || tensor.ElementCount > Array.MaxLength)
        {
            throw new ModelFormatException(
                $"Tensor '{tensor.Name}' of type {tensor.Type} and shape {tensor.ShapeText} cannot be read as one array of numbers.", FilePath, tensor.Offset);
        }

        byte[] stored = new byte[tensor.ByteLength];
        Read(tensor, 0, stored);
        float[] values = new float[tensor.ElementCount];
        Dequantizer.Decode(tensor.Type, stored, values);
        return values;
    }

    /// <summary>Releases the file and its mapping; tensors must not be read after it.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the file.</summary>
    /// <param name="disposing">False from a finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }
    }
}
