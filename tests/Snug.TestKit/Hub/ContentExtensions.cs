using Snug.Server;

namespace Snug.TestKit;

/// <summary>Reads content of repositories.</summary>
public static class ContentExtensions
{
    /// <summary>All bytes of a content.</summary>
    public static async Task<byte[]> ToArrayAsync(this RepositoryContent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        byte[] bytes = new byte[content.Length];
        using ContentReader reader = content.Open();
        for (int at = 0; at < bytes.Length;)
        {
            int read = await reader.ReadAsync(at, bytes.AsMemory(at), cancellationToken);
            at += read > 0 ? read : throw new EndOfStreamException();
        }

        return bytes;
    }
}
