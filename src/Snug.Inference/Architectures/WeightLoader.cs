namespace Snug.Inference;

/// <summary>
/// Takes a model's tensors out of its files: each must have the shape that the configuration implies before a kernel sees it, and none may
/// be left over, because a tensor that nobody uses means that the model is not the one that was thought.
/// </summary>
internal sealed unsafe class WeightLoader(WeightFiles files, WeightFormat format, bool copy = false) : IDisposable
{
    /// <summary>Endings of tensors that hold constants, which are computed here.</summary>
    private static readonly string[] Constants = 
    [
        ".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", ".attention.bias", ".attention.masked_bias", "rope_freqs.weight",
        "rope_factors_long.weight", "rope_factors_short.weight",
    ];

    private readonly HashSet<string> _used = [];
    private readonly List<IDisposable> _loaded = [];
    private string _prefix = "";

    /// <summary>The file or folder.</summary>
    public string Path => files.Path;

    /// <summary>Whether names are GGUF's.</summary>
    public bool IsGguf => files.Gguf is not null;

    /// <summary>
    /// Some repositories save the model without the part of its name that stands before every tensor. When <paramref name="probe"/> is only
    /// there without <paramref name="prefix"/>, all names lose it.
    /// </summary>
    public void AllowPrefix(string prefix, TensorName probe)
    {
        if (!IsGguf && files.Find(probe.Safetensors) is null && files.Find(probe.Safetensors[prefix.Length..]) is not null)
        {
            _prefix = prefix;
        }
    }

    /// <summary>Whether any matrix that was loaded is packed.</summary>
    public bool HasPacked => _loaded.OfType<Matrix>().Any(matrix => matrix.IsPacked);

    /// <summary>Bytes of the matrices that were loaded.</summary>
    public long MatrixBytes => _loaded.OfType<Matrix>().Sum(matrix => matrix.ByteLength);

    /// <summary>Four bits cost too much in the tables that all tokens go through, as quantizers know.</summary>
    private WeightFormat TableFormat => format == WeightFormat.AsStored ? format : WeightFormat.Q8;

    public bool Has(TensorName name) => files.Find(Resolve(name)) is not null;

    /// <summary>Weights of a linear layer, [rows, columns], with its bias if asked for.</summary>
    public Matrix Linear(TensorName name, int rows, int columns, bool bias = false)
    {
        (TensorFile file, TensorInfo tensor) = Take(name.Weight, rows, columns);
        return Keep(MatrixBuilder.Build(file, tensor, 0, rows, format, copy, bias ? Vector(name.Bias, rows).Buffer : null));
    }

    /// <summary>A part of the rows of a linear layer that several are fused in.</summary>
    public Matrix LinearPart(TensorName name, int totalRows, int columns, int firstRow, int rows, bool bias = true)
    {
        (TensorFile file, TensorInfo tensor) = Take(name.Weight, totalRows, columns);
        return Keep(MatrixBuilder.Build(file, tensor, firstRow, rows, format, copy, bias ? BiasPart(name.Bias, totalRows, firstRow, rows) : null));
    }

    /// <summary>As <see cref="LinearPart"/>, of weights that are stored [inputs, outputs], as GPT-2's convolutions are.</summary>
    public Matrix TransposedPart(TensorName name, int columns, int totalRows, int firstRow, int rows)
    {
        (TensorFile file, TensorInfo tensor) = Take(name.Weight, columns, totalRows);
        return Keep(MatrixBuilder.BuildTransposed(file, tensor, firstRow, rows, format, BiasPart(name.Bias, totalRows, firstRow, rows)));
    }

    /// <summary>A table whose rows are looked up, and that may also be multiplied with.</summary>
    public Matrix Table(TensorName name, int rows, int columns)
    {
        (TensorFile file, TensorInfo tensor) = Take(name.Weight, rows, columns);
        return Keep(MatrixBuilder.Build(file, tensor, 0, rows, TableFormat, copy, null));
    }

    /// <summary>Rows of a linear layer picked one by one, of one that several are fused in.</summary>
    public Matrix LinearRows(TensorName name, int totalRows, int columns, IReadOnlyList<int> rows, bool bias)
    {
        (TensorFile file, TensorInfo tensor) = Take(name.Weight, totalRows, columns);
        return Keep(MatrixBuilder.BuildRows(file, tensor, rows, format, bias ? BiasRows(name.Bias, totalRows, rows) : null));
    }

    /// <summary>As <see cref="Vector(TensorName, int)"/>; in safetensors, the normalizations of Gemma store what is to be added to one.</summary>
    public WeightVector VectorPlusOne(TensorName name, int length)
    {
        WeightVector vector = Vector(name, length);
        for (int i = 0; !IsGguf && i < length; i++)
        {
            vector.Values[i] += 1;
        }

        return vector;
    }

    public WeightVector Vector(TensorName name, int length)
    {
        (TensorFile file, TensorInfo tensor) = Take(name, length);
        NativeBuffer buffer = NativeBuffer.OfSingles(length);
        float[] values = file.ReadSingles(tensor);
        values.CopyTo(new Span<float>(buffer.Singles, length));
        return Keep(new WeightVector(buffer));
    }

    /// <summary>The projection onto the vocabulary: the embedding table itself where the two are tied.</summary>
    public Matrix OutputHead(ModelConfiguration configuration, Matrix embedding, string safetensors = "lm_head")
    {
        TensorName name = new(safetensors, "output");
        bool tied = configuration.TiedEmbeddings ?? !Has(name.Weight);
        if (tied)
        {
            // Some files repeat the table under the name of the head.
            _used.Add(Resolve(name.Weight));
            return embedding;
        }

        return Table(name, configuration.VocabularySize, configuration.HiddenSize);
    }

    /// <summary>Divisors of the rotary frequencies, which GGUF files may bring.</summary>
    public float[]? RotaryFactors(ModelConfiguration c)
    {
        int count = (c.Rope!.RotatedSize ?? c.HeadSize) / 2;
        TensorName name = new("", "rope_freqs.weight");
        return IsGguf && Has(name) ? new ReadOnlySpan<float>(Vector(name, count).Values, count).ToArray() : null;
    }

    /// <summary>Throws when the files hold tensors that the architecture has not asked for.</summary>
    /// <param name="isSpare">Tells tensors that are known not to be needed.</param>
    public void EnsureNothingLeft(Predicate<string>? isSpare = null)
    {
        foreach (string name in files.Names)
        {
            if (!_used.Contains(name) && !Constants.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)) && isSpare?.Invoke(name) != true)
            {
                (TensorFile file, TensorInfo tensor) = files.Find(name)!.Value;
                throw new ModelFormatException($"Tensor '{name}' has no place in this architecture, so the result would be wrong.", file.FilePath, tensor.Offset);
            }
        }
    }

    /// <summary>Frees what was loaded.</summary>
    public void Dispose()
    {
        foreach (IDisposable loaded in _loaded)
        {
            loaded.Dispose();
        }
    }

    private NativeBuffer BiasPart(TensorName name, int total, int first, int count)
    {
        WeightVector whole = Vector(name, total);
        NativeBuffer part = NativeBuffer.OfSingles(count);
        new ReadOnlySpan<float>(whole.Values + first, count).CopyTo(new Span<float>(part.Singles, count));
        return part;
    }

    private NativeBuffer BiasRows(TensorName name, int total, IReadOnlyList<int> rows)
    {
        WeightVector whole = Vector(name, total);
        NativeBuffer part = NativeBuffer.OfSingles(rows.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            part.Singles[i] = whole.Values[rows[i]];
        }

        return part;
    }

    private (TensorFile File, TensorInfo Tensor) Take(TensorName name, params ReadOnlySpan<long> shape)
    {
        string resolved = Resolve(name);
        if (files.Find(resolved) is not { } found)
        {
            throw new ModelFormatException($"Tensor '{resolved}' is missing.", files.Path);
        }

        if (!found.Tensor.Shape.AsSpan().SequenceEqual(shape))
        {
            throw new ModelFormatException(
                $"Tensor '{resolved}' has shape {found.Tensor.ShapeText}; the configuration implies [{string.Join(", ", shape.ToArray())}].",
                found.File.FilePath,
                found.Tensor.Offset);
        }

        if (!TensorTypes.IsComputable(found.Tensor.Type))
        {
            throw new ModelFormatException(
                $"Tensor '{resolved}' has type {found.Tensor.Type}, which cannot be computed with.", found.File.FilePath, found.Tensor.Offset);
        }

        _used.Add(resolved);
        return found;
    }

    private string Resolve(TensorName name) =>
        IsGguf ? name.Gguf : name.Safetensors.StartsWith(_prefix, StringComparison.Ordinal) ? name.Safetensors[_prefix.Length..] : name.Safetensors;

    private T Keep<T>(T loaded)
        where T : IDisposable
    {
        _loaded.Add(loaded);
        return loaded;
    }
}
