namespace Snug.Inference;

/// <summary>The layer that BERT and its relatives share: attention and feed-forward network, each added to its input and normalized after it.</summary>
internal sealed class PostNormLayer : IDisposable
{
    public required EncoderLinear Query { get; init; }

    public required EncoderLinear Key { get; init; }

    public required EncoderLinear Value { get; init; }

    public required EncoderLinear Output { get; init; }

    public required EncoderNorm AttentionNorm { get; init; }

    public required EncoderLinear Up { get; init; }

    public required EncoderLinear Down { get; init; }

    public required EncoderNorm OutputNorm { get; init; }

    public long ByteLength => Linears.Sum(linear => linear.ByteLength);

    private EncoderLinear[] Linears => [Query, Key, Value, Output, Up, Down];

    /// <summary>One thread's share of the layer, over all sequences of the batch.</summary>
    public void Run(EncoderWorker worker, EncoderActivation activation, RelativeBias? bias = null)
    {
        EncoderBuffers b = worker.Buffers;
        worker.Linear(b.Hidden, Query, b.Query);
        worker.Linear(b.Hidden, Key, b.Key);
        worker.Linear(b.Hidden, Value, b.Value);
        worker.Wait();
        worker.Attend(b.Query, b.Key, b.Value, b.Attended, bias);
        worker.Linear(b.Attended, Output, b.Projected);
        worker.Wait();
        worker.AddAndNormalize(b.Projected, AttentionNorm, b.Hidden);
        worker.ActivatedLinear(b.Hidden, Up, activation, b.Inner);
        worker.Linear(b.Inner, Down, b.Projected);
        worker.Wait();
        worker.AddAndNormalize(b.Projected, OutputNorm, b.Hidden);
    }

    public void Dispose()
    {
        foreach (EncoderLinear linear in Linears)
        {
            linear.Dispose();
        }
    }
}
