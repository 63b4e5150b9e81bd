namespace Snug.Inference;

/// <summary>The feed-forward block of Llama and its relatives: down(silu(gate(x)) * up(x)), x normalized, added to the residual stream.</summary>
internal sealed class GatedFeedForward(ModelConfiguration c, WeightLoader weights, int layer)
{
    private readonly WeightVector _norm = weights.Vector(Name(layer, "post_attention_layernorm", "ffn_norm").Weight, c.HiddenSize);
    private readonly Matrix _gate = weights.Linear(Name(layer, "mlp.gate_proj", "ffn_gate"), c.IntermediateSize, c.HiddenSize, c.FeedForwardBias);
    private readonly Matrix _up = weights.Linear(Name(layer, "mlp.up_proj", "ffn_up"), c.IntermediateSize, c.HiddenSize, c.FeedForwardBias);
    private readonly Matrix _down = weights.Linear(Name(layer, "mlp.down_proj", "ffn_down"), c.HiddenSize, c.IntermediateSize, c.FeedForwardBias);

    public void Run(Worker worker, DecoderBuffers b)
    {
        worker.RmsNorm(b.Residual, _norm, b.Normed);
        worker.GatedLinear(b.Normed, _gate, _up, b.Inner, b.Up);
        worker.LinearAdd(b.Inner, _down, b.Projected, b.Residual);
    }

    private static TensorName Name(int layer, string safetensors, string gguf) => TensorName.OfLayer(layer, safetensors, gguf);
}
