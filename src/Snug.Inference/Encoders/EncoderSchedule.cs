namespace Snug.Inference;

/// <summary>
/// Which sequences are computed together: sorted by length, so that batches are even, and divided among the threads. Batches that come out
/// even among the threads are computed by one each, without waiting for each other; those that are left by all threads together.
/// </summary>
internal sealed class EncoderSchedule
{
    private int[] _order = [];
    private int[] _keys = [];
    private int[] _ends = [];

    /// <summary>Number of inputs.</summary>
    public int InputCount { get; private set; }

    /// <summary>Number of batches.</summary>
    public int Count { get; private set; }

    /// <summary>Batches that one thread computes alone: the first ones, which are the longest.</summary>
    public int SoloCount { get; private set; }

    /// <summary>The inputs of a batch.</summary>
    public ReadOnlySpan<int> Batch(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _order.AsSpan(start, _ends[index] - start);
    }

    /// <summary>Divides inputs into batches.</summary>
    /// <param name="inputs">The sequences.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="batchTokens">Most tokens of a batch of several sequences.</param>
    public void Plan(IReadOnlyList<EncoderInput> inputs, int threads, int batchTokens)
    {
        InputCount = inputs.Count;
        if (_order.Length < inputs.Count)
        {
            (_order, _keys, _ends) = (new int[inputs.Count], new int[inputs.Count], new int[inputs.Count]);
        }

        long total = 0;
        for (int i = 0; i < inputs.Count; i++)
        {
            _order[i] = i;
            _keys[i] = -inputs[i].Tokens.Length;
            total += inputs[i].Tokens.Length;
        }

        Array.Sort(_keys, _order, 0, inputs.Count);
        int budget = (int)Math.Min(batchTokens, (total + threads - 1) / threads);
        Count = 0;
        int tokens = 0;
        for (int i = 0; i < inputs.Count; i++)
        {
            int length = -_keys[i];
            if (i > 0 && tokens + length > budget)
            {
                _ends[Count++] = i;
                tokens = 0;
            }

            tokens += length;
        }

        if (inputs.Count > 0)
        {
            _ends[Count++] = inputs.Count;
        }

        SoloCount = Count / threads * threads;
    }
}
