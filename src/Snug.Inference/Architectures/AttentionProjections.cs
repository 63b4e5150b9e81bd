namespace Snug.Inference;

/// <summary>The four linear layers of a layer's attention.</summary>
internal sealed class AttentionProjections
{
    public required Matrix Query { get; init; }

    public required Matrix Key { get; init; }

    public required Matrix Value { get; init; }

    public required Matrix Output { get; init; }

    /// <summary>Four tensors in the names of Llama and its relatives.</summary>
    public static AttentionProjections Separate(ModelConfiguration c, WeightLoader weights, int layer) => new()
    {
        Query = weights.Linear(TensorName.OfLayer(layer, "self_attn.q_proj", "attn_q"), c.QuerySize, c.HiddenSize, c.AttentionBias),
        Key = weights.Linear(TensorName.OfLayer(layer, "self_attn.k_proj", "attn_k"), c.KeyValueSize, c.HiddenSize, c.AttentionBias),
        Value = weights.Linear(TensorName.OfLayer(layer, "self_attn.v_proj", "attn_v"), c.KeyValueSize, c.HiddenSize, c.AttentionBias),
        Output = weights.Linear(TensorName.OfLayer(layer, "self_attn.o_proj", "attn_output"), c.HiddenSize, c.QuerySize, c.AttentionBias),
    };

    /// <summary>Computes queries, keys and values.</summary>
    public void Project(Worker worker, DecoderBuffers b)
    {
        worker.Linear(b.Normed, Query, b.Query);
        worker.Linear(b.Normed, Key, b.Key);
        worker.Linear(b.Normed, Value, b.Value);
        worker.Wait();
    }
}
