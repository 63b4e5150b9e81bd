namespace Snug.Inference;

/// <summary>Phi-3 and Phi-4: as Llama, with queries, keys and values from one projection, and gate and up projection in one.</summary>
internal sealed class Phi3 : Transformer
{
    private readonly Matrix _embedding;
    private readonly Layer[] _layers;
    private readonly WeightVector _outputNorm;
    private readonly Matrix _head;
    private readonly RotaryTable _rotary;
    private readonly DecoderBuffers _buffers;

    public Phi3(ModelConfiguration c, WeightLoader weights, int chunk)
    {
        TensorName embedding = new("model.embed_tokens", "token_embd");
        weights.AllowPrefix("model.", embedding.Weight);
        _embedding = weights.Table(embedding, c.VocabularySize, c.HiddenSize);
        _layers = new Layer[c.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            TensorName queryKeyValue = TensorName.OfLayer(i, "self_attn.qkv_proj", "attn_qkv");
            TensorName gateUp = TensorName.OfLayer(i, "mlp.gate_up_proj", "ffn_up");
            int rows = c.QuerySize + (2 * c.KeyValueSize);
            _layers[i] = new Layer
            {
                AttentionNorm = weights.Vector(TensorName.OfLayer(i, "input_layernorm", "attn_norm").Weight, c.HiddenSize),
                Attention = new AttentionProjections
                {
                    Query = weights.LinearPart(queryKeyValue, rows, c.HiddenSize, 0, c.QuerySize, bias: false),
                    Key = weights.LinearPart(queryKeyValue, rows, c.HiddenSize, c.QuerySize, c.KeyValueSize, bias: false),
                    Value = weights.LinearPart(queryKeyValue, rows, c.HiddenSize, c.QuerySize + c.KeyValueSize, c.KeyValueSize, bias: false),
                    Output = weights.Linear(TensorName.OfLayer(i, "self_attn.o_proj", "attn_output"), c.HiddenSize, c.QuerySize),
                },
                FeedForwardNorm = weights.Vector(TensorName.OfLayer(i, "post_attention_layernorm", "ffn_norm").Weight, c.HiddenSize),
                Gate = weights.LinearPart(gateUp, 2 * c.IntermediateSize, c.HiddenSize, 0, c.IntermediateSize, bias: false),
                Up = weights.LinearPart(gateUp, 2 * c.IntermediateSize, c.HiddenSize, c.IntermediateSize, c.IntermediateSize, bias: false),
                Down = weights.Linear(TensorName.OfLayer(i, "mlp.down_proj", "ffn_down"), c.HiddenSize, c.IntermediateSize),
            };
        }

        _outputNorm = weights.Vector(new TensorName("model.norm", "output_norm").Weight, c.HiddenSize);
        _head = weights.OutputHead(c, _embedding);
        _rotary = Own(new RotaryTable(c.Rope!, c, chunk, weights.RotaryFactors(c)));
        _buffers = Own(new DecoderBuffers(c, chunk, gated: true, weights.HasPacked));
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
            worker.RmsNorm(b.Residual, layer.AttentionNorm, b.Normed);
            layer.Attention.Project(worker, b);
            worker.Rotate(b.Query, _rotary);
            worker.Rotate(b.Key, _rotary);
            worker.Remember(i, b.Key, b.Value);
            worker.Attend(i, b.Query, b.Attended);
            worker.LinearAdd(b.Attended, layer.Attention.Output, b.Projected, b.Residual);

            worker.RmsNorm(b.Residual, layer.FeedForwardNorm, b.Normed);
            worker.GatedLinear(b.Normed, layer.Gate, layer.Up, b.Inner, b.Up);
            worker.LinearAdd(b.Inner, layer.Down, b.Projected, b.Residual);
        }

        worker.RmsNormOutputs(b.Residual, _outputNorm, b.Normed);
        worker.Logits(b.Normed, _head, b.Logits);
    }

    private sealed class Layer
    {
        public required WeightVector AttentionNorm { get; init; }

        public required AttentionProjections Attention { get; init; }

        public required WeightVector FeedForwardNorm { get; init; }

        public required Matrix Gate { get; init; }

        public required Matrix Up { get; init; }

        public required Matrix Down { get; init; }
    }
}
