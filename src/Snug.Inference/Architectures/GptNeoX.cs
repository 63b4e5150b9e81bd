namespace Snug.Inference;

/// <summary>
/// GPT-NeoX (Pythia): layer normalization with biases, a part of each head rotated, queries, keys and values from one projection; attention
/// and feed-forward network read the same residual stream, unless the configuration says otherwise.
/// </summary>
internal sealed class GptNeoX : Transformer
{
    private const string Prefix = "gpt_neox.";
    private readonly ModelConfiguration _configuration;
    private readonly Matrix _embedding;
    private readonly Layer[] _layers;
    private readonly Norm _outputNorm;
    private readonly Matrix _head;
    private readonly RotaryTable _rotary;
    private readonly DecoderBuffers _buffers;

    public GptNeoX(ModelConfiguration c, WeightLoader weights, int chunk)
    {
        if (c.QuerySize != c.HiddenSize || c.KeyValueSize != c.HiddenSize)
        {
            throw new ModelFormatException($"{c.HeadCount} heads do not divide a width of {c.HiddenSize} evenly, or keys have other heads.", weights.Path);
        }

        _configuration = c;
        TensorName embedding = new($"{Prefix}embed_in", "token_embd");
        weights.AllowPrefix(Prefix, embedding.Weight);
        _embedding = weights.Table(embedding, c.VocabularySize, c.HiddenSize);
        _layers = new Layer[c.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            TensorName fused = Name(i, "attention.query_key_value", "attn_qkv");
            _layers[i] = new Layer
            {
                AttentionNorm = new Norm(weights, Name(i, "input_layernorm", "attn_norm"), c.HiddenSize),
                Attention = new AttentionProjections
                {
                    Query = Part(fused, 0),
                    Key = Part(fused, 1),
                    Value = Part(fused, 2),
                    Output = weights.Linear(Name(i, "attention.dense", "attn_output"), c.HiddenSize, c.HiddenSize, c.AttentionBias),
                },
                FeedForwardNorm = new Norm(weights, Name(i, "post_attention_layernorm", "ffn_norm"), c.HiddenSize),
                Up = weights.Linear(Name(i, "mlp.dense_h_to_4h", "ffn_up"), c.IntermediateSize, c.HiddenSize, bias: true),
                Down = weights.Linear(Name(i, "mlp.dense_4h_to_h", "ffn_down"), c.HiddenSize, c.IntermediateSize, bias: true),
            };
        }

        _outputNorm = new Norm(weights, new TensorName($"{Prefix}final_layer_norm", "output_norm"), c.HiddenSize);
        _head = weights.OutputHead(c, _embedding, "embed_out");
        _rotary = Own(new RotaryTable(c.Rope!, c, chunk));
        _buffers = Own(new DecoderBuffers(c, chunk, gated: false, weights.HasPacked));

        static TensorName Name(int layer, string safetensors, string gguf) => new($"{Prefix}layers.{layer}.{safetensors}", $"blk.{layer}.{gguf}");

        // The original has query, key and value of one head after the other; the GGUF converter brings all queries together.
        Matrix Part(TensorName name, int part) => weights.IsGguf
            ? weights.LinearPart(name, 3 * c.HiddenSize, c.HiddenSize, part * c.HiddenSize, c.HiddenSize, c.AttentionBias)
            : weights.LinearRows(name, 3 * c.HiddenSize, c.HiddenSize, [.. Enumerable.Range(0, c.HiddenSize).Select(row => RowOf(row, part))], c.AttentionBias);

        int RowOf(int row, int part) => (((row / c.HeadSize * 3) + part) * c.HeadSize) + (row % c.HeadSize);
    }

    public override Activation Logits => _buffers.Logits;

    public override void Run(Worker worker)
    {
        DecoderBuffers b = _buffers;
        worker.FillRotary(_rotary);
        worker.Embed(_embedding, b.Residual);
        worker.Wait();
        for (int i = 0; i < _layers.Length; i++)
        {
            Layer layer = _layers[i];
            worker.LayerNorm(b.Residual, layer.AttentionNorm.Weight, layer.AttentionNorm.Bias, b.Normed);
            layer.Attention.Project(worker, b);
            worker.Rotate(b.Query, _rotary);
            worker.Rotate(b.Key, _rotary);
            worker.Remember(i, b.Key, b.Value);
            worker.Attend(i, b.Query, b.Attended);
            if (_configuration.ParallelResidual)
            {
                // All must have read the residual stream before anybody adds to it.
                worker.LayerNorm(b.Residual, layer.FeedForwardNorm.Weight, layer.FeedForwardNorm.Bias, b.Normed);
                worker.Wait();
                worker.LinearAdd(b.Attended, layer.Attention.Output, b.Projected, b.Residual);
            }
            else
            {
                worker.LinearAdd(b.Attended, layer.Attention.Output, b.Projected, b.Residual);
                worker.LayerNorm(b.Residual, layer.FeedForwardNorm.Weight, layer.FeedForwardNorm.Bias, b.Normed);
            }

            worker.GeluLinear(b.Normed, layer.Up, b.Inner, _configuration.ExactGelu);
            worker.LinearAdd(b.Inner, layer.Down, b.Projected, b.Residual);
        }

        worker.LayerNormOutputs(b.Residual, _outputNorm.Weight, _outputNorm.Bias, b.Normed);
        worker.Logits(b.Normed, _head, b.Logits);
    }

    private sealed class Norm(WeightLoader weights, TensorName name, int size)
    {
        public WeightVector Weight { get; } = weights.Vector(name.Weight, size);

        public WeightVector Bias { get; } = weights.Vector(name.Bias, size);
    }

    private sealed class Layer
    {
        public required Norm AttentionNorm { get; init; }

        public required AttentionProjections Attention { get; init; }

        public required Norm FeedForwardNorm { get; init; }

        public required Matrix Up { get; init; }

        public required Matrix Down { get; init; }
    }
}
