namespace Snug.Inference;

/// <summary>Llama and Mistral: rotary positions, grouped queries, normalization before each block, a gated feed-forward network.</summary>
internal sealed class Llama : Transformer
{
    private readonly Matrix _embedding;
    private readonly Layer[] _layers;
    private readonly Vector _outputNorm;
    private readonly Matrix _head;
    private readonly RotaryTable _rotary;

    private readonly Activation _residual;
    private readonly Activation _normed;
    private readonly Activation _query;
    private readonly Activation _key;
    private readonly Activation _value;
    private readonly Activation _attended;
    private readonly Activation _projected;
    private readonly Activation _gated;
    private readonly Activation _up;

    public Llama(ModelConfiguration c, WeightLoader weights, int chunk)
    {
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
                FeedForwardNorm = weights.Vector(Name(i, "post_attention_layernorm", "ffn_norm").Weight, c.HiddenSize),
                Gate = weights.Linear(Name(i, "mlp.gate_proj", "ffn_gate"), c.IntermediateSize, c.HiddenSize, c.FeedForwardBias),
                Up = weights.Linear(Name(i, "mlp.up_proj", "ffn_up"), c.IntermediateSize, c.HiddenSize, c.FeedForwardBias),
                Down = weights.Linear(Name(i, "mlp.down_proj", "ffn_down"), c.HiddenSize, c.IntermediateSize, c.FeedForwardBias),
            };
        }

        _outputNorm = weights.Vector(new TensorName("model.norm", "output_norm").Weight, c.HiddenSize);
        _head = weights.OutputHead(c, _embedding);
        _rotary = Own(new RotaryTable(c.Rope!, c.HeadSize, c.MaximumPositions, chunk, weights.RotaryFactors(c.HeadSize / 2)));
        Own(weights.Loaded);

        _residual = Own(new Activation(chunk, c.HiddenSize));
        _normed = Own(new Activation(chunk, c.HiddenSize));
        _query = Own(new Activation(chunk, c.QuerySize));
        _key = Own(new Activation(chunk, c.KeyValueSize));
        _value = Own(new Activation(chunk, c.KeyValueSize));
        _attended = Own(new Activation(chunk, c.QuerySize));
        _projected = Own(new Activation(chunk, c.HiddenSize));
        _gated = Own(new Activation(chunk, c.IntermediateSize));
        _up = Own(new Activation(chunk, c.IntermediateSize));
        LogitRows = Own(new Activation(chunk, c.VocabularySize));

        static TensorName Name(int layer, string safetensors, string gguf) => new($"model.layers.{layer}.{safetensors}", $"blk.{layer}.{gguf}");
    }

    public override Activation LogitRows { get; }

    public override void Prepare(int sequenceLength) => _rotary.Prepare(sequenceLength);

    public override void Run(Worker worker)
    {
        worker.FillRotary(_rotary);
        worker.Embed(_embedding, _residual);
        for (int i = 0; i < _layers.Length; i++)
        {
            Layer layer = _layers[i];
            worker.RmsNorm(_residual, layer.AttentionNorm, _normed);
            worker.Linear(_normed, layer.Query, _query);
            worker.Linear(_normed, layer.Key, _key);
            worker.Linear(_normed, layer.Value, _value);
            worker.Wait();
            worker.Rotate(_query, _rotary);
            worker.Rotate(_key, _rotary);
            worker.Remember(i, _key, _value);
            worker.Attend(i, _query, _attended);
            worker.LinearAdd(_attended, layer.Output, _projected, _residual);

            worker.RmsNorm(_residual, layer.FeedForwardNorm, _normed);
            worker.GatedLinear(_normed, layer.Gate, layer.Up, _gated, _up);
            worker.LinearAdd(_gated, layer.Down, _projected, _residual);
        }

        worker.RmsNorm(_residual, _outputNorm, _normed);
        worker.Logits(_normed, _head, LogitRows);
    }

    private sealed class Layer
    {
        public required Vector AttentionNorm { get; init; }

        public required Matrix Query { get; init; }

        public required Matrix Key { get; init; }

        public required Matrix Value { get; init; }

        public required Matrix Output { get; init; }

        public required Vector FeedForwardNorm { get; init; }

        public required Matrix Gate { get; init; }

        public required Matrix Up { get; init; }

        public required Matrix Down { get; init; }
    }
}
