using System.Security.Cryptography;
using System.Text;

namespace Snug.Hub.Tests;

/// <summary>A cache in a temporary folder, built by hand as clients lay it out.</summary>
internal sealed class CacheFolder : IDisposable
{
    public const string Commit1 = "1111111111111111111111111111111111111111";
    public const string Commit2 = "2222222222222222222222222222222222222222";
    public const string Commit3 = "3333333333333333333333333333333333333333";

    private readonly string _top = Directory.CreateTempSubdirectory("snug-cache-").FullName;

    public CacheFolder()
    {
        Root = Path.Join(_top, "hub");
        Layout = new CacheLayout(Root);
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    /// <summary>A folder beside the cache, for things that must stay untouched.</summary>
    public string Outside => Directory.CreateDirectory(Path.Join(_top, "outside")).FullName;

    public CacheLayout Layout { get; }

    public HubCache Open(TimeProvider? time = null) => new(Root, timeProvider: time);

    public CacheScan Scan() => Open().Scan(TestContext.Current.CancellationToken);

    public static byte[] Content(string seed, int length)
    {
        byte[] bytes = new byte[length];
        // The same seed gives the same bytes in every run, unlike a hash code.
        new Random(seed.Aggregate(17, (hash, c) => unchecked((hash * 31) + c)) ^ length).NextBytes(bytes);
        byte[] name = Encoding.UTF8.GetBytes(seed);
        name.AsSpan(0, Math.Min(name.Length, length)).CopyTo(bytes);
        return bytes;
    }

    public static string GitBlobId(byte[] content)
    {
        using IncrementalHash hash = Hashes.StartFor(new string('0', Hashes.GitBlobLength), content.Length)!;
        hash.AppendData(content);
        return Hashes.Finish(hash);
    }

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Adds a blob under its right name and returns the name.</summary>
    public string AddBlob(RepositoryId id, byte[] content, bool lfs = true)
    {
        string etag = lfs ? Sha256(content) : GitBlobId(content);
        Write(Layout.Blob(id, etag), content);
        return etag;
    }

    /// <summary>Adds a file to a snapshot, linked to its blob.</summary>
    public string AddFile(RepositoryId id, string commit, string path, byte[] content, bool lfs = true)
    {
        string etag = AddBlob(id, content, lfs);
        Link(id, commit, path, etag);
        return etag;
    }

    public void Link(RepositoryId id, string commit, string path, string etag)
    {
        string entry = Layout.SnapshotFile(id, commit, path);
        Directory.CreateDirectory(Path.GetDirectoryName(entry)!);
        File.CreateSymbolicLink(entry, CacheLayout.LinkTarget(path, etag));
    }

    /// <summary>Adds a file to a snapshot as clients do where links are not possible.</summary>
    public void AddCopy(RepositoryId id, string commit, string path, byte[] content) => Write(Layout.SnapshotFile(id, commit, path), content);

    public void AddRef(RepositoryId id, string name, string commit) => Write(Layout.Ref(id, name), Encoding.ASCII.GetBytes(commit));

    public void AddTree(RepositoryId id, string commit, params (string Path, byte[] Content, bool Lfs)[] files) =>
        TreeCache.Write(
            Layout.Tree(id, commit),
            files.Select(f => new RepositoryFile(f.Path, f.Content.Length, GitBlobId(f.Content), f.Lfs ? Sha256(f.Content) : null)));

    public void AddNoExist(RepositoryId id, string commit, string path) => Write(Layout.NoExist(id, commit, path), []);

    /// <summary>Adds a file whose content lies in the shared store, as version 1.32 of the Python client does.</summary>
    public string AddSharedFile(RepositoryId id, string commit, string path, byte[] content, bool manifest = true)
    {
        string etag = Sha256(content);
        string payload = SharedPath(content);
        Write(Path.Join(Root, "blobs", CacheLayout.SharedBlobsMarker), "1\n"u8.ToArray());
        if (!File.Exists(payload))
        {
            Write(payload, content);
        }

        string blob = Layout.Blob(id, etag);
        if (manifest)
        {
            File.AppendAllText(payload + ".refs", $"{CacheLayout.FolderName(id)}/blobs/{etag}\n");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        if (new FileInfo(blob).LinkTarget is null)
        {
            File.CreateSymbolicLink(blob, Path.Join("..", "..", "blobs", Path.GetFileName(payload)[..2], Path.GetFileName(payload)));
        }

        Link(id, commit, path, etag);
        return etag;
    }

    /// <summary>Where the shared store keeps a content; the Xet hash is stood in for by another hash of 64 digits.</summary>
    public string SharedPath(byte[] content)
    {
        string name = Sha256([.. "xet"u8, .. content]);
        return Path.Join(Root, "blobs", name[..2], name);
    }

    /// <summary>Every path below the cache root, relative, with <c>/</c>, sorted.</summary>
    public string[] Paths() =>
        [.. Directory.EnumerateFileSystemEntries(Root, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, RecurseSubdirectories = true })
            .Select(p => Path.GetRelativePath(Root, p).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public static void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            foreach (string folder in Directory.EnumerateDirectories(_top, "*", SearchOption.AllDirectories))
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        Directory.Delete(_top, recursive: true);
    }
}
