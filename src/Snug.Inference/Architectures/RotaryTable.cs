namespace Snug.Inference;

/// <summary>Sines and cosines for the positions of one chunk, computed in double precision.</summary>
internal sealed unsafe class RotaryTable : IDisposable
{
    private readonly RopeConfiguration _rope;
    private readonly int _size;
    private readonly int _positions;
    private readonly double _scale;
    private readonly double[] _frequencies;
    private readonly double[] _longFrequencies;
    private readonly NativeBuffer _cosines;
    private readonly NativeBuffer _sines;

    /// <param name="rope">The positions of the layers that use the table.</param>
    /// <param name="c">The model.</param>
    /// <param name="tokens">Most tokens in a chunk.</param>
    /// <param name="factors">Divisors of the frequencies, when the file brings its own.</param>
    public RotaryTable(RopeConfiguration rope, ModelConfiguration c, int tokens, float[]? factors = null)
    {
        _rope = rope;
        _size = rope.RotatedSize ?? c.HeadSize;
        _positions = c.MaximumPositions;
        _scale = RotaryFrequencies.AttentionFactor(rope);
        _frequencies = Frequencies(0, factors);
        _longFrequencies = rope.Scaling == RopeScaling.LongRope ? Frequencies(int.MaxValue, factors) : _frequencies;
        _cosines = NativeBuffer.OfSingles((long)tokens * _frequencies.Length);
        _sines = NativeBuffer.OfSingles((long)tokens * _frequencies.Length);
    }

    /// <summary>Fills the row of one token of the chunk.</summary>
    /// <param name="token">Number of the row.</param>
    /// <param name="position">Where the token stands.</param>
    /// <param name="length">Length of its sequence, which some scalings depend on.</param>
    public void Fill(int token, int position, int length)
    {
        float* cosine = _cosines.Singles + ((long)token * _frequencies.Length);
        float* sine = _sines.Singles + ((long)token * _frequencies.Length);
        bool isDynamic = _rope.Scaling == RopeScaling.Dynamic && length > _positions;
        double theta = isDynamic ? RotaryFrequencies.Base(_rope, _size, _positions, length) : 0;
        double[] frequencies = RotaryFrequencies.IsLong(_rope, length) ? _longFrequencies : _frequencies;
        for (int i = 0; i < frequencies.Length; i++)
        {
            double frequency = isDynamic ? Math.Pow(theta, -2.0 * i / _size) : frequencies[i];
            (double s, double c) = Math.SinCos(position * frequency);
            cosine[i] = (float)(c * _scale);
            sine[i] = (float)(s * _scale);
        }
    }

    /// <summary>Rotates one head of one token; what lies behind the rotated part stays as it is.</summary>
    public void Rotate(int token, float* head)
    {
        float* cosine = _cosines.Singles + ((long)token * _frequencies.Length);
        float* sine = _sines.Singles + ((long)token * _frequencies.Length);
        int half = _frequencies.Length;
        (int step, int partner) = _rope.Interleaved ? (2, 1) : (1, half);
        for (int i = 0; i < half; i++)
        {
            float* pair = head + ((long)i * step);
            float x = pair[0];
            float y = pair[partner];
            pair[0] = (x * cosine[i]) - (y * sine[i]);
            pair[partner] = (y * cosine[i]) + (x * sine[i]);
        }
    }

    public void Dispose()
    {
        _cosines.Dispose();
        _sines.Dispose();
    }

    private double[] Frequencies(int length, float[]? factors)
    {
        double[] frequencies = new double[_size / 2];
        RotaryFrequencies.Compute(_rope, _size, _positions, _rope.Scaling == RopeScaling.LongRope ? length : 0, frequencies);
        for (int i = 0; factors is not null && i < frequencies.Length; i++)
        {
            frequencies[i] /= factors[i];
        }

        return frequencies;
    }
}
