using System.Runtime.CompilerServices;

namespace Snug.Cli;

/// <summary>The lines of a file as bytes. Only line feeds end a line, with or without a carriage return before them.</summary>
internal static class ByteLines
{
    private const int BlockBytes = 1 << 20;

    public static async IAsyncEnumerable<byte[]> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] block = new byte[BlockBytes];
        int length = 0;
        while (true)
        {
            if (length == block.Length)
            {
                Array.Resize(ref block, checked(block.Length * 2));
            }

            int read = await stream.ReadAsync(block.AsMemory(length), cancellationToken);
            int searched = length;
            length += read;
            int start = 0;
            while (block.AsSpan(searched, length - searched).IndexOf((byte)'\n') is var found and >= 0)
            {
                yield return Line(block, start, searched + found);
                start = searched = searched + found + 1;
            }

            block.AsSpan(start, length - start).CopyTo(block);
            length -= start;
            if (read == 0)
            {
                break;
            }
        }

        if (length > 0)
        {
            yield return Line(block, 0, length);
        }
    }

    private static byte[] Line(byte[] block, int start, int end) => block[start..(end > start && block[end - 1] == '\r' ? end - 1 : end)];
}
