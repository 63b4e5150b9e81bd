using System.Security.Cryptography;

namespace Snug.Hub;

/// <summary>Files that appear whole or not at all: written under another name, then renamed.</summary>
internal static class AtomicFile
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int MaxRenameAttempts = 20;

    /// <summary>Eight random hexadecimal digits, as the Python client puts into the names of temporary files.</summary>
    public static string RandomSuffix()
    {
        Span<byte> bytes = stackalloc byte[4];
        RandomNumberGenerator.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Renames a finished file over its destination, whose folder is made when it is missing.</summary>
    public static void Publish(string temporary, string destination)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                File.Move(temporary, destination, overwrite: true);
                return;
            }
            catch (DirectoryNotFoundException) when (attempt == 1)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
            }
            catch (IOException e) when (OperatingSystem.IsWindows() && e.HResult == SharingViolation && attempt < MaxRenameAttempts)
            {
                // Virus scanners hold new files open for a moment.
                Thread.Yield();
                Thread.SpinWait(1 << Math.Min(attempt, 20));
            }
        }
    }

    /// <summary>Writes a small text file atomically, creating its folder.</summary>
    public static void WriteText(string path, string text)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Join(folder, $"{Path.GetFileName(path)}.{RandomSuffix()}.tmp");
        File.WriteAllText(temporary, text);
        Publish(temporary, path);
    }

    /// <summary>Removes a file that may be gone already or held by someone else; leftovers are swept by prune.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Best effort by contract.
        }
    }
}
