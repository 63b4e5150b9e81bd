using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Snug.Hub;

/// <summary>
/// The notes that a download into a folder of the user's leaves under <c>.cache/huggingface</c>, in the Python client's format:
/// which commit and content a file came from, and when.
/// </summary>
internal sealed class LocalMetadata(string root)
{
    public const string Folder = ".cache";

    private const int MaxLength = 4096;
    private const string MetadataSuffix = ".metadata";

    private string Downloads { get; } = Path.Join(root, Folder, "huggingface", "download");

    /// <summary>Ours alone: the Python client lets files of a package appear one by one.</summary>
    private string Waiting { get; } = Path.Join(root, Folder, "huggingface", "packages");

    /// <summary>Creates the folder with the marks that keep it out of version control and backups.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(Downloads);
        string home = Path.GetDirectoryName(Downloads)!;
        string ignore = Path.Join(home, ".gitignore");
        if (!File.Exists(ignore))
        {
            AtomicFile.WriteText(ignore, "*");
        }

        CacheWriter.EnsureTag(home);
    }

    public string LockPath(string path) => Path.Join(Downloads, CacheLayout.ToLocal(path)) + ".lock";

    public string PartialFolder(string path) => Path.GetDirectoryName(Path.Join(Downloads, CacheLayout.ToLocal(path)))!;

    /// <summary>Where a verified file of a package, or the package itself, waits until all of that commit's files are there.</summary>
    public string WaitingPath(string commit, string path) => Path.Join(Waiting, commit, CacheLayout.ToLocal(path));

    /// <summary>Removes the folders in which packages waited, if nothing waits in them: another download may still be at its own.</summary>
    public void RemoveEmptyWaiting() => RemoveIfEmpty(Waiting);

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            foreach (string inner in Directory.GetDirectories(folder))
            {
                RemoveIfEmpty(inner);
            }

            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // It is not there (no package waited, or another process was faster), or something waits in it.
        }
    }

    /// <summary>The beginning of the names of a file's partial files; short enough for any file name.</summary>
    public static string PartialStem(string path, string etag)
    {
#pragma warning disable CA5350 // A name that others use, not a protection.
        byte[] hash = SHA1.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(path) + MetadataSuffix));
#pragma warning restore CA5350
        return $"{Convert.ToBase64String(hash).Replace('+', '-').Replace('/', '_')}.{etag}";
    }

    /// <summary>What is known about a file; <see langword="null"/> when it has changed since, or nothing is known.</summary>
    public (string Commit, string Etag)? TryRead(string path)
    {
        try
        {
            FileInfo note = new(NotePath(path));
            FileInfo file = new(Path.Join(root, CacheLayout.ToLocal(path)));
            if (!note.Exists || note.Length > MaxLength || !file.Exists)
            {
                return null;
            }

            string[] lines = File.ReadAllText(note.FullName).Split('\n', StringSplitOptions.TrimEntries);
            if (lines.Length < 3 || !double.TryParse(lines[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double time)
                || !double.IsFinite(time))
            {
                return null;
            }

            double modified = (file.LastWriteTimeUtc - DateTime.UnixEpoch).TotalSeconds;
            return modified - 1 <= time ? (lines[0], lines[1]) : null;
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            return null;
        }
    }

    public void Write(string path, string commit, string etag, DateTimeOffset now)
    {
        double time = (now.UtcDateTime - DateTime.UnixEpoch).TotalSeconds;
        AtomicFile.WriteText(NotePath(path), string.Create(CultureInfo.InvariantCulture, $"{commit}\n{etag}\n{time:F6}\n"));
    }

    private string NotePath(string path) => Path.Join(Downloads, CacheLayout.ToLocal(path)) + MetadataSuffix;
}
