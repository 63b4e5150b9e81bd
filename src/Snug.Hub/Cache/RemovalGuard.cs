namespace Snug.Hub;

/// <summary>Removes things inside a cache and nowhere else: no path that leads through a link is touched, links go as links.</summary>
internal static class RemovalGuard
{
    /// <summary>Whether a path lies below a root with no link on the way; the path itself may be one.</summary>
    public static bool IsReal(string root, string path)
    {
        if (!RealPath.IsBelow(path, root) || Path.GetFullPath(path) != path)
        {
            return false;
        }

        for (string? folder = Path.GetDirectoryName(path); folder is not null && folder.Length > root.Length; folder = Path.GetDirectoryName(folder))
        {
            if (FolderReader.TryStat(folder) is { IsLink: true })
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Removes a file, a link or a folder with everything in it; what is gone already is no error.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public static void Delete(string path)
    {
        if (FolderReader.TryStat(path) is not { } entry)
        {
            return;
        }

        if (entry is { IsFolder: true, IsLink: false })
        {
            DeleteFolder(path);
        }
        else
        {
            DeleteFile(path, entry);
        }
    }

    /// <summary>Removes the empty folders below a folder, and the folder itself if it is empty then.</summary>
    public static void DeleteEmptyFolders(string folder)
    {
        foreach (DiskEntry entry in FolderReader.TryList(folder))
        {
            string path = Path.Join(folder, entry.Name);
            if (entry is { IsFolder: true, IsLink: false })
            {
                DeleteEmptyFolders(path);
            }
            else if (FolderReader.IsSystemFile(entry.Name) || entry.Name.EndsWith(".lock", StringComparison.Ordinal))
            {
                AtomicFile.TryDelete(path);
            }
        }

        TryDeleteEmpty(folder);
    }

    /// <summary>Removes a folder if it is empty.</summary>
    public static bool TryDeleteEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // The runtime's own recursive removal does not follow links either, but reports nothing about which entry failed.
    private static void DeleteFolder(string folder)
    {
        foreach (DiskEntry entry in FolderReader.List(folder))
        {
            string path = Path.Join(folder, entry.Name);
            if (entry is { IsFolder: true, IsLink: false })
            {
                DeleteFolder(path);
            }
            else
            {
                DeleteFile(path, entry);
            }
        }

        Directory.Delete(folder, recursive: false);
    }

    private static void DeleteFile(string path, DiskEntry entry)
    {
        if (OperatingSystem.IsWindows() && entry is { IsFolder: true, IsLink: true })
        {
            Directory.Delete(path, recursive: false);
        }
        else
        {
            File.Delete(path);
        }
    }
}
