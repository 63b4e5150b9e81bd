namespace Snug.Inference;

/// <summary>Llama, Mistral and SmolLM3: rotary positions (SmolLM3 leaves them out in some layers), grouped queries, normalization before each block, a
/// gated feed-forward network.</summary>
internal sealed class Llama : Transformer
{
    private readonly ModelConfiguration _configuration;
    private readonly Matrix _embedding;
    private readonly Layer[] _layers;
    private readonly WeightVector _outputNorm;
    private readonly Matrix _head;
    private readonly RotaryTable _rotary;
    private readonly DecoderBuffers _buffers;

    public Llama(ModelConfiguration c, WeightLoader weights, int chunk)
    {
        _configuration = c;
        TensorName embedding = new("model.embed_tokens", "token_embd");
        weights.AllowPrefix("model.", embedding.Weight);
        _embedding = weights.Table(embedding, c.VocabularySize, c.HiddenSize);
        _layers = new Layer[c.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = new Layer
            {
                AttentionNorm = weights.Vector(Name(i, "input_layernorm", "attn_norm").Weight, c.HiddenSize),
                Query = weights.Linear(Name(i, "self_attn.q_proj", "attn_q"), c.QuerySize, c.HiddenSize, c.AttentionBias),
                Key = weights.Linear(Name(i, "self_attn.k_proj", "attn_k"), c.KeyValueSize, c.HiddenSize, c.AttentionBias),
                Value = weights.Linear(Name(i, "self_attn.v_proj", "attn_v"), c.KeyValueSize, c.HiddenSize, c.AttentionBias),
                Output = weights.Linear(Name(i, "self_attn.o_proj", "attn_output"), c.HiddenSize, c.QuerySize, c.AttentionBias),
                FeedForward = new GatedFeedForward(c, weights, i),
            };
        }

        _outputNorm = weights.Vector(new TensorName("model.norm", "output_norm").Weight, c.HiddenSize);
        _head = weights.OutputHead(c, _embedding);
        _rotary = Own(new RotaryTable(c.Rope!, c, chunk, weights.RotaryFactors(c)));
        _buffers = Own(new DecoderBuffers(c, chunk, gated: true, weights.HasPacked));

        static TensorName Name(int layer, string safetensors, string gguf) => TensorName.OfLayer(layer, safetensors, gguf);
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
            worker.Linear(b.Normed, layer.Query, b.Query);
            worker.Linear(b.Normed, layer.Key, b.Key);
            worker.Linear(b.Normed, layer.Value, b.Value);
            worker.Wait();
            if (_configuration.IsRotary(i))
            {
                worker.Rotate(b.Query, _rotary);
                worker.Rotate(b.Key, _rotary);
            }

            worker.Remember(i, b.Key, b.Value);
            worker.Attend(i, b.Query, b.Attended);
            worker.LinearAdd(b.Attended, layer.Output, b.Projected, b.Residual);
            layer.FeedForward.Run(worker, b);
        }

        worker.RmsNormOutputs(b.Residual, _outputNorm, b.Normed);
        worker.Logits(b.Normed, _head, b.Logits);
    }

    private sealed class Layer
    {
        public required WeightVector AttentionNorm { get; init; }

        public required Matrix Query { get; init; }

        public required Matrix Key { get; init; }

        public required Matrix Value { get; init; }

        public required Matrix Output { get; init; }

        public required GatedFeedForward FeedForward { get; init; }
    }
}
