namespace Snug.Inference;

/// <summary>Sines and cosines for the positions of one chunk, computed in double precision.</summary>
internal sealed unsafe class RotaryTable : IDisposable
{
    private readonly RopeConfiguration _rope;
    private readonly int _size;
    private readonly int _positions;
    private readonly float[]? _factors;
    private readonly double[] _frequencies;
    private readonly NativeBuffer _cosines;
    private readonly NativeBuffer _sines;
    private int _frequencyLength;

    /// <param name="rope">The model's configuration.</param>
    /// <param name="size">Numbers of a head that are rotated.</param>
    /// <param name="positions">The model's maximum, beyond which dynamic scaling begins.</param>
    /// <param name="tokens">Most tokens in a chunk.</param>
    /// <param name="factors">Divisors of the frequencies, when the file brings its own.</param>
    public RotaryTable(RopeConfiguration rope, int size, int positions, int tokens, float[]? factors)
    {
        _rope = rope;
        _size = size;
        _positions = positions;
        _factors = factors;
        _frequencies = new double[size / 2];
        _cosines = NativeBuffer.OfSingles((long)tokens * size / 2);
        _sines = NativeBuffer.OfSingles((long)tokens * size / 2);
        SetFrequencies(0);
    }

    /// <summary>Prepares for a sequence of that length; only dynamic scaling depends on it. Called by one thread, before a pass.</summary>
    public void Prepare(int sequenceLength)
    {
        int length = _rope.Scaling == RopeScaling.Dynamic ? Math.Max(sequenceLength, _positions) : 0;
        if (length != _frequencyLength)
        {
            SetFrequencies(length);
        }
    }

    /// <summary>Fills the row of one token of the chunk.</summary>
    public void Fill(int token, int position)
    {
        float* cosine = _cosines.Singles + ((long)token * _frequencies.Length);
        float* sine = _sines.Singles + ((long)token * _frequencies.Length);
        double scale = RotaryFrequencies.AttentionFactor(_rope);
        for (int i = 0; i < _frequencies.Length; i++)
        {
            (double s, double c) = Math.SinCos(position * _frequencies[i]);
            cosine[i] = (float)(c * scale);
            sine[i] = (float)(s * scale);
        }
    }

    /// <summary>Rotates one head of one token.</summary>
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

    private void SetFrequencies(int length)
    {
        _frequencyLength = length;
        RotaryFrequencies.Compute(_rope, _size, _positions, length, _frequencies);
        for (int i = 0; _factors is not null && i < _frequencies.Length; i++)
        {
            _frequencies[i] /= _factors[i];
        }
    }
}
