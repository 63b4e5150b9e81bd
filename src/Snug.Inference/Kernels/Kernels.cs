namespace Snug.Inference;

/// <summary>
/// The arithmetic of a forward pass for one kind of processor. One instance is chosen when a model is loaded. Pointers are trusted: shapes
/// and lengths were checked against the buffers when the model was put together.
/// </summary>
internal abstract unsafe class Kernels
{
    /// <summary>Name for diagnostics and the environment variable.</summary>
    public abstract string Name { get; }

    /// <summary>Name, and how bytes are multiplied.</summary>
    public virtual string Detail => Name;

    /// <summary>
    /// Rows <paramref name="firstRow"/> to <paramref name="endRow"/> of weights times <paramref name="tokens"/> activations:
    /// <c>y[m, row] = sum over k of weights[row, k] * x[m, k]</c>, accumulated in single precision.
    /// </summary>
    public abstract void MultiplyRows(
        TensorType type, byte* weights, int columns, int firstRow, int endRow, float* x, int xStride, int tokens, float* y, int yStride);

    /// <summary>
    /// As <see cref="MultiplyRows"/>, of packed weights with rounded activations. The first row is the first of a group of eight.
    /// </summary>
    public abstract void MultiplyPacked(TensorType type, byte* weights, int firstRow, int endRow, QuantizedRows x, int tokens, float* y, int yStride);

    /// <summary>
    /// As <see cref="MultiplyRows"/>, of weights in panels (<see cref="PanelMatrix"/>), with a bias: for many tokens. Panels are as wide as
    /// <see cref="PanelWidth"/>; the last may have fewer rows.
    /// </summary>
    public abstract void MultiplyPanels(PanelMatrix weights, int firstPanel, int endPanel, float* x, int xStride, int tokens, float* y, int yStride);

    /// <summary>Rows of a panel.</summary>
    public abstract int PanelWidth { get; }

    /// <summary>Rounds activations, a multiple of 32, to bytes; see <see cref="QuantizedRows"/>.</summary>
    public abstract void Quantize(float* x, int count, sbyte* numbers, float* scales, int* sums);

    /// <summary>y = x / sqrt(mean(x²) + epsilon) * weight.</summary>
    public abstract void RmsNorm(float* x, float* weight, float epsilon, int count, float* y);

    /// <summary>y = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias.</summary>
    public abstract void LayerNorm(float* x, float* weight, float* bias, float epsilon, int count, float* y);

    /// <summary>x += y.</summary>
    public abstract void Add(float* x, float* y, int count);

    /// <summary>gate = gate / (1 + exp(-gate)) * up.</summary>
    public abstract void GatedSilu(float* gate, float* up, int count);

    /// <summary>gate = gelu(gate) * up, by the tanh approximation.</summary>
    public abstract void GatedGelu(float* gate, float* up, int count);

    /// <summary>x = gelu(x), by its tanh approximation.</summary>
    public abstract void GeluTanh(float* x, int count);

    /// <summary>x = gelu(x), by the error function; off by less than 4e-7 times the size of x.</summary>
    public abstract void GeluExact(float* x, int count);

    /// <summary>x = cap * tanh(x / cap).</summary>
    public abstract void SoftCap(float* x, float cap, int count);

    /// <summary>
    /// Scores of <paramref name="queries"/> queries (at most <see cref="QueryTile"/>) against key blocks of 16 positions, each block stored
    /// dimension by dimension: <c>scores[i, p] = scale * sum over d of q[i, d] * keys[p / 16, d, p % 16]</c>.
    /// </summary>
    public abstract void Scores(float** queries, int count, float* keys, int headSize, int blocks, float scale, float* scores, int scoreStride);

    /// <summary>x[i] = exp(x[i] - max) in place; returns max and the sum.</summary>
    public abstract (float Max, float Sum) ExpShifted(float* x, int count);

    /// <summary>outputs[i] = sum over p of weights[i, p] * values[p], for at most <see cref="QueryTile"/> rows of weights.</summary>
    public abstract void WeightedSum(float* weights, int weightStride, int count, float* values, int headSize, int positions, float** outputs);

    /// <summary>x = x * factor.</summary>
    public abstract void Scale(float* x, float factor, int count);

    /// <summary>x += y * factor.</summary>
    public abstract void AddScaled(float* x, float* y, float factor, int count);

    /// <summary>Queries that the attention kernels take together.</summary>
    public const int QueryTile = 4;

    /// <summary>Positions in a block of keys.</summary>
    public const int KeyBlock = 16;
}
