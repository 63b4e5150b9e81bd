namespace Snug.Inference;

/// <summary>GPT-2: learned positions, layer normalization with biases, queries, keys and values from one projection, GELU.</summary>
internal sealed class Gpt2 : Transformer
{
    private const string Prefix = "transformer.";
    private readonly Matrix _embedding;
    private readonly Matrix _positions;
    private readonly Layer[] _layers;
    private readonly Norm _outputNorm;
    private readonly Matrix _head;
    private readonly DecoderBuffers _buffers;

    public Gpt2(ModelConfiguration c, WeightLoader weights, int chunk)
    {
        if (c.QuerySize != c.HiddenSize || c.KeyValueSize != c.HiddenSize)
        {
            throw new ModelFormatException($"{c.HeadCount} heads do not divide a width of {c.HiddenSize} evenly, or keys have other heads.", weights.Path);
        }

        TensorName embedding = new($"{Prefix}wte", "token_embd");
        weights.AllowPrefix(Prefix, embedding.Weight);
        _embedding = weights.Table(embedding, c.VocabularySize, c.HiddenSize);
        _positions = weights.Table(new TensorName($"{Prefix}wpe", "position_embd"), c.MaximumPositions, c.HiddenSize);
        _layers = new Layer[c.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            TensorName fused = Name(i, "attn.c_attn", "attn_qkv");
            _layers[i] = new Layer
            {
                AttentionNorm = new Norm(weights, Name(i, "ln_1", "attn_norm"), c.HiddenSize),
                Query = Projection(fused, 3 * c.HiddenSize, c.HiddenSize, 0, c.HiddenSize),
                Key = Projection(fused, 3 * c.HiddenSize, c.HiddenSize, c.HiddenSize, c.HiddenSize),
                Value = Projection(fused, 3 * c.HiddenSize, c.HiddenSize, 2 * c.HiddenSize, c.HiddenSize),
                Output = Projection(Name(i, "attn.c_proj", "attn_output"), c.HiddenSize, c.HiddenSize, 0, c.HiddenSize),
                FeedForwardNorm = new Norm(weights, Name(i, "ln_2", "ffn_norm"), c.HiddenSize),
                Up = Projection(Name(i, "mlp.c_fc", "ffn_up"), c.IntermediateSize, c.HiddenSize, 0, c.IntermediateSize),
                Down = Projection(Name(i, "mlp.c_proj", "ffn_down"), c.HiddenSize, c.IntermediateSize, 0, c.HiddenSize),
            };
        }

        _outputNorm = new Norm(weights, new TensorName($"{Prefix}ln_f", "output_norm"), c.HiddenSize);
        _head = weights.OutputHead(c, _embedding);
        _buffers = Own(new DecoderBuffers(c, chunk, gated: false, weights.HasPacked));

        static TensorName Name(int layer, string safetensors, string gguf) => new($"{Prefix}h.{layer}.{safetensors}", $"blk.{layer}.{gguf}");

        // The original stores its projections as convolutions of width 1, inputs first; the GGUF converter turns them.
        Matrix Projection(TensorName name, int outputs, int inputs, int first, int count) => weights.IsGguf
            ? weights.LinearPart(name, outputs, inputs, first, count)
            : weights.TransposedPart(name, inputs, outputs, first, count);
    }

    public override Activation Logits => _buffers.Logits;

    public override void Run(Worker worker)
    {
        DecoderBuffers b = _buffers;
        worker.Embed(_embedding, b.Residual);
        worker.AddPositions(_positions, b.Residual);
        worker.Wait();
        for (int i = 0; i < _layers.Length; i++)
        {
            Layer layer = _layers[i];
            worker.LayerNorm(b.Residual, layer.AttentionNorm.Weight, layer.AttentionNorm.Bias, b.Normed);
            worker.Linear(b.Normed, layer.Query, b.Query);
            worker.Linear(b.Normed, layer.Key, b.Key);
            worker.Linear(b.Normed, layer.Value, b.Value);
            worker.Wait();
            worker.Remember(i, b.Key, b.Value);
            worker.Attend(i, b.Query, b.Attended);
            worker.LinearAdd(b.Attended, layer.Output, b.Projected, b.Residual);

            worker.LayerNorm(b.Residual, layer.FeedForwardNorm.Weight, layer.FeedForwardNorm.Bias, b.Normed);
            worker.GeluLinear(b.Normed, layer.Up, b.Inner);
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

        public required Matrix Query { get; init; }

        public required Matrix Key { get; init; }

        public required Matrix Value { get; init; }

        public required Matrix Output { get; init; }

        public required Norm FeedForwardNorm { get; init; }

        public required Matrix Up { get; init; }

        public required Matrix Down { get; init; }
    }
}
