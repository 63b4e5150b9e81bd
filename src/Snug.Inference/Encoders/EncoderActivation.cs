namespace Snug.Inference;

/// <summary>What stands between the two linear layers of a feed-forward network.</summary>
public enum EncoderActivation
{
    /// <summary>GELU by the error function.</summary>
    Gelu,

    /// <summary>GELU by its tanh approximation.</summary>
    GeluTanh,

    /// <summary>What is negative becomes 0.</summary>
    Relu,
}
