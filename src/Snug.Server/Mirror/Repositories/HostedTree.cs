using System.Buffers;
using System.Text;
using Snug.Hub;

namespace Snug.Server;

/// <summary>All files and folders of one commit, with the git ids of the folders.</summary>
public sealed class HostedTree
{
    private readonly Dictionary<string, HostedEntry> _byPath;

    private HostedTree(string id, HostedEntry[] entries)
    {
        Id = id;
        Entries = entries;
        _byPath = new Dictionary<string, HostedEntry>(entries.Length, StringComparer.Ordinal);
        foreach (HostedEntry entry in entries)
        {
            _byPath.Add(entry.Path, entry);
            TotalSize += entry.File?.Content.Length ?? 0;
        }
    }

    /// <summary>The git id of the root tree.</summary>
    public string Id { get; }

    /// <summary>Files and folders, sorted by path in ordinal order.</summary>
    public IReadOnlyList<HostedEntry> Entries { get; }

    /// <summary>The bytes of all files together.</summary>
    public long TotalSize { get; }

    /// <summary>Finds a file or a folder; <see langword="null"/> when there is none at the path.</summary>
    public HostedEntry? Find(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>Builds a tree from its files.</summary>
    /// <exception cref="ArgumentException">Two files have one path, or a path is a file and a folder at once.</exception>
    public static HostedTree Create(IEnumerable<HostedFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        List<HostedEntry> entries = [];
        string id = BuildFolder(string.Empty, [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)], entries);
        HostedEntry[] sorted = [.. entries];
        Array.Sort(sorted, static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return new HostedTree(id, sorted);
    }

    private static string BuildFolder(string folder, ReadOnlySpan<HostedFile> files, List<HostedEntry> entries)
    {
        int start = folder.Length == 0 ? 0 : folder.Length + 1;
        List<(string Name, bool IsFolder, string Id)> children = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < files.Length;)
        {
            HostedFile file = files[i];
            int slash = file.Path.IndexOf('/', start);
            string name = slash < 0 ? file.Path[start..] : file.Path[start..slash];
            if (!names.Add(name))
            {
                throw new ArgumentException($"'{file.Path}' is there twice, or is a file and a folder.", nameof(files));
            }

            if (slash < 0)
            {
                entries.Add(new HostedEntry(file.Path, file.BlobId, file));
                children.Add((name, IsFolder: false, file.BlobId));
                i++;
                continue;
            }

            string path = file.Path[..slash];
            int end = i + 1;
            while (end < files.Length && files[end].Path.AsSpan().StartsWith(file.Path.AsSpan(0, slash + 1), StringComparison.Ordinal))
            {
                end++;
            }

            string childId = BuildFolder(path, files[i..end], entries);
            entries.Add(new HostedEntry(path, childId, file: null));
            children.Add((name, IsFolder: true, childId));
            i = end;
        }

        return TreeId(children);
    }

    private static string TreeId(List<(string Name, bool IsFolder, string Id)> children)
    {
        // Git compares the bytes of names, folders as if they ended with a slash.
        List<(byte[] Key, byte[] Line, string Id)> lines = [.. children.Select(child => (
            Encoding.UTF8.GetBytes(child.IsFolder ? child.Name + "/" : child.Name),
            Encoding.UTF8.GetBytes((child.IsFolder ? "40000 " : "100644 ") + child.Name + "\0"),
            child.Id))];
        lines.Sort(static (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        ArrayBufferWriter<byte> content = new();
        foreach ((byte[] _, byte[] line, string id) in lines)
        {
            content.Write(line);
            content.Write(RawId(id));
        }

        return GitObjects.ObjectId("tree", content.WrittenSpan);
    }

    /// <summary>Caches can hold files under names that are no git ids; a stand-in of the right length keeps the tree's id stable.</summary>
    private static byte[] RawId(string id) =>
        Hashes.IsGitBlob(id) ? Convert.FromHexString(id) : Convert.FromHexString(GitObjects.BlobId(Encoding.UTF8.GetBytes(id)));
}
