namespace Snug.Inference;

/// <summary>A linear layer of an encoder: in panels where its weights are plain numbers, in packed groups where they were rounded.</summary>
internal sealed class EncoderLinear : IDisposable
{
    /// <summary>Takes a layer out of the files.</summary>
    /// <param name="weights">The files.</param>
    /// <param name="name">Its name, without <c>.weight</c> and <c>.bias</c>.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="kernels">What it will be computed with.</param>
    public EncoderLinear(WeightLoader weights, string name, int rows, int columns, Kernels kernels)
    {
        Matrix matrix = weights.Linear(new TensorName(name, ""), rows, columns, bias: true);
        (Rows, Columns) = (rows, columns);
        (Packed, Panels) = matrix.IsPacked ? (matrix, null) : ((Matrix?)null, new PanelMatrix(matrix, kernels.PanelWidth));
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>The weights, if they are rounded; the files' owner disposes of them.</summary>
    public Matrix? Packed { get; }

    /// <summary>The weights, if they are not.</summary>
    public PanelMatrix? Panels { get; }

    public long ByteLength => Packed?.ByteLength ?? Panels!.ByteLength;

    public void Dispose() => Panels?.Dispose();
}
