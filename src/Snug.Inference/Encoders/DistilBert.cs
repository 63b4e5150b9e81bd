namespace Snug.Inference;

/// <summary>DistilBERT: BERT with half the layers, without token types, under names of its own.</summary>
internal sealed class DistilBert : Encoder
{
    public const string Prefix = "distilbert.";
    private readonly EncoderEmbeddings _embeddings;
    private readonly PostNormLayer[] _layers;
    private readonly EncoderActivation _activation;

    public DistilBert(EncoderConfiguration c, WeightLoader weights, Kernels kernels)
    {
        _activation = c.Activation;
        _embeddings = new EncoderEmbeddings(c, weights, Prefix);
        _layers = new PostNormLayer[c.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            string layer = $"{Prefix}transformer.layer.{i}";
            _layers[i] = Own(new PostNormLayer
            {
                Query = new EncoderLinear(weights, $"{layer}.attention.q_lin", c.HiddenSize, c.HiddenSize, kernels),
                Key = new EncoderLinear(weights, $"{layer}.attention.k_lin", c.HiddenSize, c.HiddenSize, kernels),
                Value = new EncoderLinear(weights, $"{layer}.attention.v_lin", c.HiddenSize, c.HiddenSize, kernels),
                Output = new EncoderLinear(weights, $"{layer}.attention.out_lin", c.HiddenSize, c.HiddenSize, kernels),
                AttentionNorm = new EncoderNorm(weights, $"{layer}.sa_layer_norm", c.HiddenSize),
                Up = new EncoderLinear(weights, $"{layer}.ffn.lin1", c.IntermediateSize, c.HiddenSize, kernels),
                Down = new EncoderLinear(weights, $"{layer}.ffn.lin2", c.HiddenSize, c.IntermediateSize, kernels),
                OutputNorm = new EncoderNorm(weights, $"{layer}.output_layer_norm", c.HiddenSize),
            });
        }
    }

    public override long WeightBytes => _layers.Sum(layer => layer.ByteLength);

    public override void Run(EncoderWorker worker)
    {
        worker.Embed(_embeddings);
        foreach (PostNormLayer layer in _layers)
        {
            layer.Run(worker, _activation);
        }
    }
}
