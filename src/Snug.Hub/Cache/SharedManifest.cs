using System.Text;

namespace Snug.Hub;

/// <summary>
/// The list beside a payload of the shared store of the links that lead to it (<c>HASH.refs</c>, one path under the cache root a
/// line). A link is listed before it appears, so a payload whose list names no existing link is unused. A list that is missing
/// or unreadable proves nothing.
/// </summary>
internal static class SharedManifest
{
    private const long MaxLength = 64L * 1024 * 1024;

    /// <summary>The links of a payload that are listed and exist, as absolute paths, or <see langword="null"/> when the list cannot be read.</summary>
    public static HashSet<string>? TryRead(string root, string payload)
    {
        string path = PathOf(payload);
        string[] lines;
        try
        {
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: <= MaxLength })
            {
                return null;
            }

            lines = File.ReadAllLines(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return null;
        }

        HashSet<string> links = new(RealPath.Comparer);
        foreach (string line in lines)
        {
            string[] parts = line.Split('/');
            if (parts.Length != 3 || parts[1] != "blobs" || parts[2] is "" or "." or ".." || !IsRepositoryFolder(parts[0]))
            {
                continue;
            }

            string link = Path.Join(root, parts[0], parts[1], parts[2]);
            try
            {
                if (new FileInfo(link).LinkTarget is { } target
                    && string.Equals(RealPath.FollowText(Path.GetDirectoryName(link)!, target), payload, RealPath.Comparison))
                {
                    links.Add(link);
                }
            }
            catch (FileNotFoundException)
            {
                // Gone, and so no user.
            }
            catch (DirectoryNotFoundException)
            {
                // Gone with its repository.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        return links;
    }

    /// <summary>Removes a payload that nobody uses any more, under the lock that the Python client takes; otherwise tidies its list.</summary>
    /// <param name="root">The cache root.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="evenWithoutList">Whether a missing list counts as an empty one, which only who empties the whole cache may say.</param>
    /// <returns><see langword="null"/> when it is gone, otherwise why it stays.</returns>
    public static string? Sweep(string root, string payload, bool evenWithoutList)
    {
        if (!SharedBlobStore.IsStore(SharedBlobStore.FolderOf(root)) || !SharedBlobStore.IsPayloadPath(SharedBlobStore.FolderOf(root), payload))
        {
            return "it is not in the shared store";
        }

        // Where the file system has no locks, the Python client uses the existence of this file.
        if (File.Exists(payload + ".lock.soft"))
        {
            return "another process uses it";
        }

        using FileLock? held = TryLock(payload);
        if (held is null)
        {
            return "another process uses it";
        }

        HashSet<string>? links = TryRead(root, payload);
        if (links is null && !(evenWithoutList && !File.Exists(PathOf(payload))))
        {
            return "the list of its users cannot be read";
        }

        if (links is { Count: > 0 })
        {
            Write(root, payload, links);
            return "other repositories use it";
        }

        // The payload first: a list alone is harmless, and a new download appends to it.
        File.Delete(payload);
        AtomicFile.TryDelete(PathOf(payload));
        return null;
    }

    private static string PathOf(string payload) => payload + ".refs";

    private static bool IsRepositoryFolder(string name) =>
        name.StartsWith("models--", StringComparison.Ordinal) || name.StartsWith("datasets--", StringComparison.Ordinal)
        || name.StartsWith("spaces--", StringComparison.Ordinal);

    private static FileLock? TryLock(string payload)
    {
        string path = payload + ".lock";
        if (new FileInfo(path).LinkTarget is not null)
        {
            return null;
        }

        bool isNew = !File.Exists(path);
        FileLock? held = FileLock.TryAcquire(path);
        if (isNew)
        {
            ShareWithEverybody(path);
        }

        return held;
    }

    private static void Write(string root, string payload, HashSet<string> links)
    {
        string path = PathOf(payload);
        string temporary = $"{path}.{AtomicFile.RandomSuffix()}.tmp";
        File.WriteAllText(temporary, string.Concat(links.Order(StringComparer.Ordinal).Select(l => Path.GetRelativePath(root, l).Replace('\\', '/') + "\n")));
        ShareWithEverybody(temporary);
        AtomicFile.Publish(temporary, path);
    }

    /// <summary>Everybody who uses the cache takes these locks and appends to these lists.</summary>
    private static void ShareWithEverybody(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's file, who has seen to it.
        }
    }
}
