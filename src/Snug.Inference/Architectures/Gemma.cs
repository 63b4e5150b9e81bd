namespace Snug.Inference;

/// <summary>
/// Gemma 2 and 3: normalization before and after each block, scaled embeddings, GELU gates, windows in most layers. Gemma 2 bounds scores
/// and logits; Gemma 3 normalizes query and key heads instead, and its local layers have rotary positions of their own.
/// </summary>
internal sealed class Gemma : Transformer
{
    private readonly ModelConfiguration _configuration;
    private readonly Matrix _embedding;
    private readonly float _embeddingScale;
    private readonly Layer[] _layers;
    private readonly WeightVector _outputNorm;
    private readonly Matrix _head;
    private readonly RotaryTable _rotary;
    private readonly RotaryTable _localRotary;
    private readonly DecoderBuffers _buffers;

    public Gemma(ModelConfiguration c, WeightLoader weights, int chunk)
    {
        _configuration = c;
        TensorName embedding = new("model.embed_tokens", "token_embd");
        weights.AllowPrefix("model.", embedding.Weight);
        _embedding = weights.Table(embedding, c.VocabularySize, c.HiddenSize);
        _embeddingScale = MathF.Sqrt(c.HiddenSize);
        bool normalizesHeads = c.ModelType == "gemma3_text";
        _layers = new Layer[c.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = new Layer
            {
                AttentionNorm = Norm(i, "input_layernorm", "attn_norm", c.HiddenSize),
                Attention = AttentionProjections.Separate(c, weights, i),
                QueryNorm = normalizesHeads ? Norm(i, "self_attn.q_norm", "attn_q_norm", c.HeadSize) : null,
                KeyNorm = normalizesHeads ? Norm(i, "self_attn.k_norm", "attn_k_norm", c.HeadSize) : null,
                AfterAttentionNorm = Norm(i, "post_attention_layernorm", "post_attention_norm", c.HiddenSize),
                FeedForwardNorm = Norm(i, "pre_feedforward_layernorm", "ffn_norm", c.HiddenSize),
                Gate = weights.Linear(TensorName.OfLayer(i, "mlp.gate_proj", "ffn_gate"), c.IntermediateSize, c.HiddenSize),
                Up = weights.Linear(TensorName.OfLayer(i, "mlp.up_proj", "ffn_up"), c.IntermediateSize, c.HiddenSize),
                Down = weights.Linear(TensorName.OfLayer(i, "mlp.down_proj", "ffn_down"), c.HiddenSize, c.IntermediateSize),
                AfterFeedForwardNorm = Norm(i, "post_feedforward_layernorm", "post_ffw_norm", c.HiddenSize),
            };
        }

        _outputNorm = weights.VectorPlusOne(new TensorName("model.norm", "output_norm").Weight, c.HiddenSize);
        _head = weights.OutputHead(c, _embedding);
        _rotary = Own(new RotaryTable(c.Rope!, c, chunk, weights.RotaryFactors(c)));
        _localRotary = c.LocalRope is { } local ? Own(new RotaryTable(local, c, chunk)) : _rotary;
        _buffers = Own(new DecoderBuffers(c, chunk, gated: true, weights.HasPacked));

        WeightVector Norm(int layer, string safetensors, string gguf, int size) =>
            weights.VectorPlusOne(TensorName.OfLayer(layer, safetensors, gguf).Weight, size);
    }

    public override Activation Logits => _buffers.Logits;

    public override void Run(Worker worker)
    {
        DecoderBuffers b = _buffers;
        worker.FillRotary(_rotary);
        if (_localRotary != _rotary)
        {
            worker.FillRotary(_localRotary);
        }

        worker.Embed(_embedding, b.Residual, _embeddingScale);
        worker.Wait();
        for (int i = 0; i < _layers.Length; i++)
        {
            Layer layer = _layers[i];
            RotaryTable rotary = _configuration.IsLocal(i) ? _localRotary : _rotary;
            worker.RmsNorm(b.Residual, layer.AttentionNorm, b.Normed);
            layer.Attention.Project(worker, b);
            if (layer.QueryNorm is not null && layer.KeyNorm is not null)
            {
                worker.HeadNorm(b.Query, layer.QueryNorm);
                worker.HeadNorm(b.Key, layer.KeyNorm);
            }

            worker.Rotate(b.Query, rotary);
            worker.Rotate(b.Key, rotary);
            worker.Remember(i, b.Key, b.Value);
            worker.Attend(i, b.Query, b.Attended);
            worker.Linear(b.Attended, layer.Attention.Output, b.Projected);
            worker.Wait();
            worker.RmsNormAdd(b.Projected, layer.AfterAttentionNorm, b.Residual);

            worker.RmsNorm(b.Residual, layer.FeedForwardNorm, b.Normed);
            worker.GatedLinear(b.Normed, layer.Gate, layer.Up, b.Inner, b.Up, gelu: true);
            worker.Linear(b.Inner, layer.Down, b.Projected);
            worker.Wait();
            worker.RmsNormAdd(b.Projected, layer.AfterFeedForwardNorm, b.Residual);
        }

        worker.RmsNormOutputs(b.Residual, _outputNorm, b.Normed);
        worker.Logits(b.Normed, _head, b.Logits);
    }

    private sealed class Layer
    {
        public required WeightVector AttentionNorm { get; init; }

        public required AttentionProjections Attention { get; init; }

        public required WeightVector? QueryNorm { get; init; }

        public required WeightVector? KeyNorm { get; init; }

        public required WeightVector AfterAttentionNorm { get; init; }

        public required WeightVector FeedForwardNorm { get; init; }

        public required Matrix Gate { get; init; }

        public required Matrix Up { get; init; }

        public required Matrix Down { get; init; }

        public required WeightVector AfterFeedForwardNorm { get; init; }
    }
}
