namespace Snug.Inference;

/// <summary>What a tensor is called in each kind of file.</summary>
/// <param name="Safetensors">In safetensors files, as transformers writes them.</param>
/// <param name="Gguf">In GGUF files, as llama.cpp's converter writes them.</param>
internal readonly record struct TensorName(string Safetensors, string Gguf)
{
    public TensorName Weight => new($"{Safetensors}.weight", $"{Gguf}.weight");

    public TensorName Bias => new($"{Safetensors}.bias", $"{Gguf}.bias");

    /// <summary>A tensor of a layer, in the names that Llama and its relatives use.</summary>
    public static TensorName OfLayer(int layer, string safetensors, string gguf) => new($"model.layers.{layer}.{safetensors}", $"blk.{layer}.{gguf}");
}
