using System.Globalization;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>A disk of a few megabytes, in memory.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SmallDisk()
    {
    }

    public string Root => _folder.Root;

    private string Filler => Path.Join(Root, "filler");

    /// <summary>Mounts a disk, or skips the test where the system does not let us: that takes an administrator on Linux.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Small disks are mounted on Linux only.");
        SmallDisk disk = new();
        CommandResult result = await CommandRunner.RunAsync(
            "mount", ["-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", disk.Root],
            cancellationToken: TestContext.Current.CancellationToken);
        if (result.ExitCode != 0)
        {
            disk._folder.Dispose();
            Assert.Skip($"A small disk cannot be mounted: {result.Error.Trim()}");
        }

        return disk;
    }

    /// <summary>Takes all the room but some.</summary>
    public void Fill(int leave = 0)
    {
        using FileStream stream = new(Filler, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        byte[] zeros = new byte[4096];
        try
        {
            while (true)
            {
                stream.Write(zeros);
            }
        }
        catch (IOException)
        {
            // Full.
            stream.SetLength(Math.Max(0, stream.Length - leave));
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await CommandRunner.RunAsync("umount", [Root], cancellationToken: CancellationToken.None);
        _folder.Dispose();
    }
}
