namespace Snug.Inference;

/// <summary>BERT, and RoBERTa with its relatives, which differ in where positions begin: learned positions, token types, normalization after each block.</summary>
internal sealed class Bert : Encoder
{
    public const string BertPrefix = "bert.";
    public const string RobertaPrefix = "roberta.";
    private readonly EncoderEmbeddings _embeddings;
    private readonly PostNormLayer[] _layers;
    private readonly EncoderActivation _activation;

    public Bert(EncoderConfiguration c, WeightLoader weights, Kernels kernels, string prefix)
    {
        _activation = c.Activation;
        _embeddings = new EncoderEmbeddings(c, weights, prefix);
        _layers = new PostNormLayer[c.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            string layer = $"{prefix}encoder.layer.{i}";
            _layers[i] = Own(new PostNormLayer
            {
                Query = new EncoderLinear(weights, $"{layer}.attention.self.query", c.HiddenSize, c.HiddenSize, kernels),
                Key = new EncoderLinear(weights, $"{layer}.attention.self.key", c.HiddenSize, c.HiddenSize, kernels),
                Value = new EncoderLinear(weights, $"{layer}.attention.self.value", c.HiddenSize, c.HiddenSize, kernels),
                Output = new EncoderLinear(weights, $"{layer}.attention.output.dense", c.HiddenSize, c.HiddenSize, kernels),
                AttentionNorm = new EncoderNorm(weights, $"{layer}.attention.output.LayerNorm", c.HiddenSize),
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
            layer.Run(worker, _activation);
        }
    }
}
