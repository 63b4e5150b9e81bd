using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Snug.Inference;

/// <summary>
/// Asks for memory before it is needed. The hardware's own prefetching begins anew on each page and is not far enough ahead of a kernel
/// that also computes: with this, the weights of a token come at four fifths of the speed at which memory can be read at all and more,
/// those of four bits without it at little more than half. Addresses beyond what there is do no harm. Processors without the instruction do without.
/// </summary>
internal static unsafe class Prefetch
{
    /// <summary>How far ahead of a kernel that goes through weights from front to back: between what four bits like best (2 to 4 KB) and eight and sixteen (1 KB).</summary>
    private const int Distance = 2048;

    private const int Line = 64;

    /// <summary>Asks for what such a kernel will come to: as many bytes as it reads before it asks again, at most 256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(byte* at, int bytes) => Bytes(at + Distance, bytes);

    /// <summary>Asks for these bytes, at most 256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Bytes(byte* at, int bytes)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        Sse.Prefetch0(at);
        if (bytes > Line)
        {
            Sse.Prefetch0(at + Line);
        }

        if (bytes > 2 * Line)
        {
            Sse.Prefetch0(at + (2 * Line));
        }

        if (bytes > 3 * Line)
        {
            Sse.Prefetch0(at + (3 * Line));
        }
    }
}
