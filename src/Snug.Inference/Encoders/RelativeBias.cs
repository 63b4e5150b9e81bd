namespace Snug.Inference;

/// <summary>
/// Biases of attention by the distance of key and query, as T5 has them: near distances have a class each, farther ones share classes that
/// grow with the logarithm, in both directions.
/// </summary>
internal sealed unsafe class RelativeBias : IDisposable
{
    /// <summary>Distances from here on share the last class.</summary>
    private const int FarDistance = 128;

    private readonly NativeBuffer _values;
    private readonly int _positions;

    /// <summary>Lays the biases out by distance.</summary>
    /// <param name="table">A row for each class, a column for each head.</param>
    /// <param name="positions">Most tokens of a sequence.</param>
    public RelativeBias(Matrix table, int positions)
    {
        _positions = positions;
        _values = NativeBuffer.OfSingles((long)table.Columns * ((2L * positions) - 1));
        float[] row = new float[table.Columns];
        for (int distance = 1 - positions; distance < positions; distance++)
        {
            fixed (float* start = row)
            {
                table.CopyRow(Bucket(distance, table.Rows), start);
            }

            for (int head = 0; head < row.Length; head++)
            {
                Head(head)[positions - 1 + distance] = row[head];
            }
        }
    }

    /// <summary>The biases of a query: one for each key, from the first on.</summary>
    public float* Of(int head, int query) => Head(head) + (_positions - 1 - query);

    /// <summary>The class of a distance, key minus query.</summary>
    internal static int Bucket(int distance, int buckets)
    {
        int half = buckets / 2;
        int first = distance > 0 ? half : 0;
        int far = Math.Abs(distance);
        int exact = half / 2;
        return first + (far < exact ? far : Math.Min(half - 1, exact + (int)(MathF.Log((float)far / exact) / MathF.Log((float)FarDistance / exact) * (half - exact))));
    }

    public void Dispose() => _values.Dispose();

    private float* Head(int head) => _values.Singles + (head * ((2L * _positions) - 1));
}
