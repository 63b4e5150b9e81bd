using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Snug.Tokenizers;

/// <summary>A fast hash of short byte strings. It is seeded anew in each process: files cannot prepare collisions.</summary>
internal static class ByteHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private static readonly ulong Seed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)) | 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Seed ^ ((ulong)bytes.Length * Multiplier);
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        int length = bytes.Length;
        if (length >= 8)
        {
            int at = 0;
            for (; at <= length - 8; at += 8)
            {
                hash = Mix(hash, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)));
            }

            return Finish(Mix(hash, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8))));
        }

        ulong value = 0;
        if (length >= 4)
        {
            value = Unsafe.ReadUnaligned<uint>(ref start) | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - 4)) << 32);
        }
        else if (length > 0)
        {
            value = start | ((ulong)Unsafe.Add(ref start, length >> 1) << 8) | ((ulong)Unsafe.Add(ref start, length - 1) << 16);
        }

        return Finish(Mix(hash, value));
    }

    /// <summary>The hash of a pair of numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ulong pair) => Finish(Mix(Seed, pair));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong hash, ulong value)
    {
        ulong high = Math.BigMul(hash ^ value, Multiplier, out ulong low);
        return high ^ low ^ BitOperations.RotateLeft(hash, 23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Finish(ulong hash)
    {
        ulong high = Math.BigMul(hash, Seed, out ulong low);
        return (uint)(high ^ low ^ (low >> 32));
    }
}
