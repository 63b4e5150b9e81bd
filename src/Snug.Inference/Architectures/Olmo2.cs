namespace Snug.Inference;

/// <summary>OLMo 2: blocks read the residual stream as it is, and their outputs are normalized; so are all queries together, and all keys.</summary>
internal sealed class Olmo2 : Transformer
{
    private readonly Matrix _embedding;
    private readonly Layer[] _layers;
    private readonly WeightVector _outputNorm;
    private readonly Matrix _head;
    private readonly RotaryTable _rotary;
    private readonly DecoderBuffers _buffers;

    public Olmo2(ModelConfiguration c, WeightLoader weights, int chunk)
    {
        TensorName embedding = new("model.embed_tokens", "token_embd");
        weights.AllowPrefix("model.", embedding.Weight);
        _embedding = weights.Table(embedding, c.VocabularySize, c.HiddenSize);
        _layers = new Layer[c.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = new Layer
            {
                Attention = AttentionProjections.Separate(c, weights, i),
                QueryNorm = Norm(i, "self_attn.q_norm", "attn_q_norm", c.QuerySize),
                KeyNorm = Norm(i, "self_attn.k_norm", "attn_k_norm", c.KeyValueSize),
                AfterAttentionNorm = Norm(i, "post_attention_layernorm", "post_attention_norm", c.HiddenSize),
                Gate = weights.Linear(TensorName.OfLayer(i, "mlp.gate_proj", "ffn_gate"), c.IntermediateSize, c.HiddenSize),
                Up = weights.Linear(TensorName.OfLayer(i, "mlp.up_proj", "ffn_up"), c.IntermediateSize, c.HiddenSize),
                Down = weights.Linear(TensorName.OfLayer(i, "mlp.down_proj", "ffn_down"), c.HiddenSize, c.IntermediateSize),
                AfterFeedForwardNorm = Norm(i, "post_feedforward_layernorm", "post_ffw_norm", c.HiddenSize),
            };
        }

        _outputNorm = weights.Vector(new TensorName("model.norm", "output_norm").Weight, c.HiddenSize);
        _head = weights.OutputHead(c, _embedding);
        _rotary = Own(new RotaryTable(c.Rope!, c, chunk, weights.RotaryFactors(c)));
        _buffers = Own(new DecoderBuffers(c, chunk, gated: true, weights.HasPacked));

        WeightVector Norm(int layer, string safetensors, string gguf, int size) =>
            weights.Vector(TensorName.OfLayer(layer, safetensors, gguf).Weight, size);
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
            worker.CopyRounded(b.Residual, b.Normed);
            layer.Attention.Project(worker, b);
            worker.RowNorm(b.Query, layer.QueryNorm);
            worker.RowNorm(b.Key, layer.KeyNorm);
            worker.Wait();
            worker.Rotate(b.Query, _rotary);
            worker.Rotate(b.Key, _rotary);
            worker.Remember(i, b.Key, b.Value);
            worker.Attend(i, b.Query, b.Attended);
            worker.Linear(b.Attended, layer.Attention.Output, b.Projected);
            worker.Wait();
            worker.RmsNormAdd(b.Projected, layer.AfterAttentionNorm, b.Residual);

            worker.CopyRounded(b.Residual, b.Normed);
            worker.GatedLinear(b.Normed, layer.Gate, layer.Up, b.Inner, b.Up);
            worker.Linear(b.Inner, layer.Down, b.Projected);
            worker.Wait();
            worker.RmsNormAdd(b.Projected, layer.AfterFeedForwardNorm, b.Residual);
        }

        worker.RmsNormOutputs(b.Residual, _outputNorm, b.Normed);
        worker.Logits(b.Normed, _head, b.Logits);
    }

    private sealed class Layer
    {
        public required AttentionProjections Attention { get; init; }

        public required WeightVector QueryNorm { get; init; }

        public required WeightVector KeyNorm { get; init; }

        public required WeightVector AfterAttentionNorm { get; init; }

        public required Matrix Gate { get; init; }

        public required Matrix Up { get; init; }

        public required Matrix Down { get; init; }

        public required WeightVector AfterFeedForwardNorm { get; init; }
    }
}
