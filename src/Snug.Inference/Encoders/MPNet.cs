namespace Snug.Inference;

/// <summary>MPNet: positions as RoBERTa's, no token types, and biases of attention by distance that all layers share.</summary>
internal sealed class MPNet : Encoder
{
    public const string Prefix = "mpnet.";
    private readonly EncoderEmbeddings _embeddings;
    private readonly RelativeBias _bias;
    private readonly PostNormLayer[] _layers;
    private readonly EncoderActivation _activation;

    public MPNet(EncoderConfiguration c, WeightLoader weights, Kernels kernels)
    {
        _activation = c.Activation;
        _embeddings = new EncoderEmbeddings(c, weights, Prefix);
        _bias = Own(new RelativeBias(
            weights.Table(new TensorName($"{Prefix}encoder.relative_attention_bias", ""), c.RelativeBuckets, c.HeadCount), c.MaximumTokens));
        _layers = new PostNormLayer[c.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            string layer = $"{Prefix}encoder.layer.{i}";
            _layers[i] = Own(new PostNormLayer
            {
                Query = new EncoderLinear(weights, $"{layer}.attention.attn.q", c.HiddenSize, c.HiddenSize, kernels),
                Key = new EncoderLinear(weights, $"{layer}.attention.attn.k", c.HiddenSize, c.HiddenSize, kernels),
                Value = new EncoderLinear(weights, $"{layer}.attention.attn.v", c.HiddenSize, c.HiddenSize, kernels),
                Output = new EncoderLinear(weights, $"{layer}.attention.attn.o", c.HiddenSize, c.HiddenSize, kernels),
                AttentionNorm = new EncoderNorm(weights, $"{layer}.attention.LayerNorm", c.HiddenSize),
                Up = new EncoderLinear(weights, $"{layer}.intermediate.dense", c.IntermediateSize, c.HiddenSize, kernels),
                Down = new EncoderLinear(weights, $"{layer}.output.dense", c.HiddenSize, c.IntermediateSize, kernels),
                OutputNorm = new EncoderNorm(weights, $"{layer}.output.LayerNorm", c.HiddenSize),
            });
        }
    }

    public override long WeightBytes => _layers.Sum(layer => layer.ByteLength);

    public override void Run(EncoderWorker worker)
    {
        worker.Embed(_embeddings);
        foreach (PostNormLayer layer in _layers)
        {
            layer.Run(worker, _activation, _bias);
        }
    }
}
