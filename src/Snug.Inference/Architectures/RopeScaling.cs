namespace Snug.Inference;

/// <summary>How rotary frequencies are changed so that a model reaches further than it was trained to.</summary>
public enum RopeScaling
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Positions are divided by the factor.</summary>
    Linear,

    /// <summary>The base grows with the length of the sequence, beyond the trained length.</summary>
    Dynamic,

    /// <summary>Low frequencies are divided by the factor, high ones kept, those between blended (Llama 3.1).</summary>
    Llama3,

    /// <summary>As <see cref="Llama3"/> with limits counted in rotations, and with scores scaled.</summary>
    Yarn,

    /// <summary>Each frequency is divided by a factor of its own; there is one list for short and one for long sequences (Phi-3).</summary>
    LongRope,
}
