namespace Snug.Inference;

/// <summary>Weights of a layer normalization.</summary>
internal sealed class EncoderNorm
{
    /// <summary>Takes them out of the files; the first BERT checkpoints call them gamma and beta.</summary>
    public EncoderNorm(WeightLoader weights, string name, int size)
    {
        TensorName weight = new($"{name}.weight", "");
        TensorName gamma = new($"{name}.gamma", "");
        bool isOld = !weights.Has(weight) && weights.Has(gamma);
        Weight = weights.Vector(isOld ? gamma : weight, size);
        Bias = weights.Vector(new TensorName(isOld ? $"{name}.beta" : $"{name}.bias", ""), size);
    }

    public WeightVector Weight { get; }

    public WeightVector Bias { get; }
}
