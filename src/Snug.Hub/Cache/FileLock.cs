namespace Snug.Hub;

/// <summary>
/// The lock that the Python client takes per blob: <c>flock</c> on Unix (which <see cref="FileShare.None"/> means to .NET there),
/// one locked byte on Windows. It only saves work; publishing is safe without it, because some network file systems grant it to everybody.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock if it is free; never waits.</summary>
    /// <returns>The lock, or <see langword="null"/> when another process or thread holds it.</returns>
    public static FileLock? TryAcquire(string path)
    {
        try
        {
            return new FileLock(Open(path));
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // A missing folder is reported as a missing file when another thread makes the folder just then.
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }

        try
        {
            return new FileLock(Open(path));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Whether somebody holds the lock at this moment; a lock file that does not exist is not created.</summary>
    public static bool IsHeld(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            Open(path, FileMode.Open).Dispose();
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's; whether it is held shows when something of theirs is to be removed.
            return false;
        }
    }

    /// <summary>Releases the lock; the file stays, as removing it would break the exclusion of others.</summary>
    public void Dispose() => _stream.Dispose();

    private static FileStream Open(string path, FileMode mode = FileMode.OpenOrCreate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }

        FileStream stream = new(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            stream.Lock(0, 1);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
