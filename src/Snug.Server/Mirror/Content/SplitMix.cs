using System.Buffers.Binary;

namespace Snug.Server;

/// <summary>A pseudo-random byte stream with random access: eight bytes from each position's index (the SplitMix64 finalizer).</summary>
internal sealed class SplitMix(int seed)
{
    private readonly ulong _seed = Mix((ulong)(uint)seed + 1);

    public void Fill(long offset, Span<byte> buffer)
    {
        ulong word = (ulong)offset / sizeof(ulong);
        int skip = (int)(offset % sizeof(ulong));
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        if (skip != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(one, Word(word++));
            int taken = Math.Min(buffer.Length, sizeof(ulong) - skip);
            one.Slice(skip, taken).CopyTo(buffer);
            buffer = buffer[taken..];
        }

        while (buffer.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, Word(word++));
            buffer = buffer[sizeof(ulong)..];
        }

        if (!buffer.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(one, Word(word));
            one[..buffer.Length].CopyTo(buffer);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private ulong Word(ulong index) => Mix(_seed + (index * 0x9E3779B97F4A7C15));
}
