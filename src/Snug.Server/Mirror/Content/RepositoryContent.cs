namespace Snug.Server;

/// <summary>The bytes of one file, wherever they come from: a disk, memory, a generator, another server.</summary>
public abstract class RepositoryContent
{
    /// <summary>The length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Opens the content for reading; the caller disposes the reader.</summary>
    public abstract ContentReader Open();

    /// <summary>Content held in memory.</summary>
    public static RepositoryContent FromBytes(ReadOnlyMemory<byte> bytes) => new BytesContent(bytes);

    /// <summary>Text held in memory, encoded as UTF-8.</summary>
    public static RepositoryContent FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new BytesContent(System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Content of a file on disk, opened for each reader; the length is taken now.</summary>
    public static RepositoryContent FromFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new FileContent(path, new FileInfo(path).Length);
    }

    /// <summary>Content that a method makes on demand, for any size without disk or memory.</summary>
    /// <param name="length">The length in bytes.</param>
    /// <param name="fill">Fills the buffer with the bytes at the given offset; must give the same bytes each time, from any thread.</param>
    public static RepositoryContent FromGenerator(long length, ContentGenerator fill)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentNullException.ThrowIfNull(fill);
        return new GeneratedContent(length, fill);
    }

    /// <summary>Content that looks random but is the same for the same seed, made on demand.</summary>
    /// <param name="length">The length in bytes.</param>
    /// <param name="seed">Chooses the bytes.</param>
    public static RepositoryContent Pseudorandom(long length, int seed) => FromGenerator(length, new SplitMix(seed).Fill);
}
