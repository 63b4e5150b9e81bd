namespace Snug.Inference;

/// <summary>Random numbers that a seed determines for good: SplitMix64 (Steele, Lea and Flood, 2014).</summary>
internal struct RandomStream(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 to below 1, of 53 random bits.</summary>
    public double NextDouble()
    {
        ulong z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
