using System.ComponentModel;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>A folder in which nothing can be made. For most users its mode is enough; root is stopped by the file system's own mark, where it has one.</summary>
internal sealed class ReadOnlyFolder : IAsyncDisposable
{
    private const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    private readonly TempFolder _folder;

    private ReadOnlyFolder(TempFolder folder) => _folder = folder;

    public string Path => _folder.Path;

    /// <summary>Makes one; the test is skipped where that cannot be done.</summary>
    public static async Task<ReadOnlyFolder> CreateAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Rights of folders are kept otherwise on Windows.");
        TempFolder folder = new();
        if (!Environment.IsPrivilegedProcess)
        {
            SetMode(folder.Path, Closed);
        }
        else if (!await MarkAsync(folder.Path, "+i"))
        {
            folder.Dispose();
            Assert.Skip("Rights do not bind this user, and the file system cannot close a folder otherwise.");
        }

        return new ReadOnlyFolder(folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await MarkAsync(Path, "-i");
        }
        else
        {
            SetMode(Path, Closed | UnixFileMode.UserWrite);
        }

        _folder.Dispose();
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static async Task<bool> MarkAsync(string path, string mark)
    {
        try
        {
            return (await CommandRunner.RunAsync("chattr", [mark, path])).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
