using System.IO.Enumeration;

namespace Snug.Hub;

/// <summary>Lists folders with one look at each entry, hidden ones included.</summary>
internal static class FolderReader
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>Helper files of operating systems, which no client counts as content of the cache's own folders.</summary>
    public static bool IsSystemFile(string name) => name is ".DS_Store" or "Thumbs.db" or "desktop.ini";

    /// <summary>The entries of a folder, in no particular order.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static List<DiskEntry> List(string folder) => [.. new FileSystemEnumerable<DiskEntry>(folder, Read, Everything)];

    /// <summary>The entries of a folder; a problem is reported when it cannot be read, and none when it does not exist.</summary>
    public static List<DiskEntry> List(string folder, RepositoryId? repository, List<CacheProblem> problems)
    {
        try
        {
            return List(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(CacheProblems.Unreadable(folder, repository, e));
            return [];
        }
    }

    /// <summary>The bytes of all files below a folder; links count nothing and are not followed.</summary>
    public static long SizeOf(string folder)
    {
        long size = 0;
        Stack<string> pending = new([folder]);
        while (pending.TryPop(out string? next))
        {
            foreach (DiskEntry entry in TryList(next))
            {
                if (entry.IsFolder && !entry.IsLink)
                {
                    pending.Push(Path.Join(next, entry.Name));
                }

                size += entry.Length;
            }
        }

        return size;
    }

    /// <summary>The entries of a folder, or none when it is missing or unreadable.</summary>
    public static List<DiskEntry> TryList(string folder)
    {
        try
        {
            return List(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Where a link points, as written, or <see langword="null"/> when the path is no link.</summary>
    public static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What lies at a path, a link itself not followed, or <see langword="null"/> when nothing does.</summary>
    public static DiskEntry? TryStat(string path)
    {
        try
        {
            FileInfo info = new(path);
            FileAttributes attributes = info.Attributes;
            if (attributes == (FileAttributes)(-1))
            {
                return null;
            }

            bool isFolder = attributes.HasFlag(FileAttributes.Directory);
            return attributes.HasFlag(FileAttributes.ReparsePoint)
                ? new DiskEntry(info.Name, IsLink: true, isFolder, 0, default, default)
                : new DiskEntry(info.Name, IsLink: false, isFolder, isFolder ? 0 : info.Length, new(info.LastWriteTimeUtc), new(info.LastAccessTimeUtc));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>When a folder was last changed and read.</summary>
    public static (DateTimeOffset Modified, DateTimeOffset Accessed) TimesOf(string folder)
    {
        DirectoryInfo info = new(folder);
        return (new DateTimeOffset(info.LastWriteTimeUtc), new DateTimeOffset(info.LastAccessTimeUtc));
    }

    private static DiskEntry Read(ref FileSystemEntry entry)
    {
        string name = entry.FileName.ToString();
        if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return new DiskEntry(name, IsLink: true, entry.IsDirectory, 0, default, default);
        }

        return entry.IsDirectory
            ? new DiskEntry(name, IsLink: false, IsFolder: true, 0, default, default)
            : new DiskEntry(name, IsLink: false, IsFolder: false, entry.Length, entry.LastWriteTimeUtc, entry.LastAccessTimeUtc);
    }
}
