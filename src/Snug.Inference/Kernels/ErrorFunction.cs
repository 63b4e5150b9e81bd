namespace Snug.Inference;

/// <summary>
/// The error function as an odd rational function, fitted for single precision: z P(z²) / Q(z²), at most 4e-7 off, and 1 beyond
/// <see cref="Limit"/>.
/// </summary>
internal static class ErrorFunction
{
    /// <summary>From here on the function is 1 in single precision.</summary>
    public const float Limit = 3.9192059f;

    public const float InverseRootOfTwo = 0.70710678118654752f;

    public const float P0 = 1.1283791065216064f, P1 = 0.1903555691242218f, P2 = 0.05274230241775513f;
    public const float P3 = 0.0037635189946740866f, P4 = 0.0002848519361577928f, P5 = 2.0507004592218436e-06f;
    public const float Q1 = 0.5020309686660767f, Q2 = 0.11408835649490356f, Q3 = 0.014965001493692398f;
    public const float Q4 = 0.0011620571603998542f, Q5 = 3.809643749264069e-05f;

    /// <summary>x / 2 (1 + erf(x / √2)).</summary>
    public static float Gelu(float x)
    {
        float z = Math.Clamp(x * InverseRootOfTwo, -Limit, Limit);
        float t = z * z;
        float p = (((((((((P5 * t) + P4) * t) + P3) * t) + P2) * t) + P1) * t) + P0;
        float q = (((((((((Q5 * t) + Q4) * t) + Q3) * t) + Q2) * t) + Q1) * t) + 1f;
        return 0.5f * x * (1f + (z * p / q));
    }
}
