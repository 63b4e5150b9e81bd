using System.Security.Cryptography;
using System.Text;

namespace Snug.Server;

/// <summary>A file of one commit: its path, its bytes and the names of its content.</summary>
public sealed class HostedFile
{
    private string? _storageETag;

    /// <summary>Describes a file whose hashes are known.</summary>
    /// <param name="path">The path inside the repository, with <c>/</c> between folders.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="blobId">The git blob id: of the bytes, or of the pointer text for a file in large file storage.</param>
    /// <param name="sha256">The SHA-256 of the bytes when the file is in large file storage, else <see langword="null"/>.</param>
    public HostedFile(string path, RepositoryContent content, string blobId, string? sha256)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentException.ThrowIfNullOrEmpty(blobId);
        Path = path;
        Content = content;
        BlobId = blobId;
        Sha256 = sha256;
        ETag = $"\"{sha256 ?? blobId}\"";
    }

    /// <summary>The path inside the repository.</summary>
    public string Path { get; }

    /// <summary>The bytes.</summary>
    public RepositoryContent Content { get; }

    /// <summary>The git blob id, as tree listings show it.</summary>
    public string BlobId { get; }

    /// <summary>The SHA-256 of a file in large file storage.</summary>
    public string? Sha256 { get; }

    /// <summary>Whether the file is in large file storage, so that its bytes are served by the storage listener.</summary>
    public bool IsLfs => Sha256 is not null;

    /// <summary>The entity tag with its quotes: what a client names the cached file by.</summary>
    public string ETag { get; }

    /// <summary>
    /// The entity tag that the storage listener gives. Content delivery networks have their own, which looks just like a
    /// SHA-256 and is none of the content; a client that trusts it is wrong, here as there.
    /// </summary>
    internal string StorageETag => _storageETag ??= $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("storage:" + ETag)))}\"";

    internal HostedFile At(string path) => path == Path ? this : new HostedFile(path, Content, BlobId, Sha256);
}
