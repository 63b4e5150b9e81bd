using System.Text;

namespace Snug.Hub;

/// <summary>Small files that only their owner may read.</summary>
internal static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode OthersMayRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a file whole or not at all, for its owner only from the first byte on.</summary>
    /// <remarks>
    /// A folder that is made here is the owner's too. One that exists keeps its permissions: others may rely on a cache that they share.
    /// A link is followed, so that a token file that lives elsewhere stays there.
    /// </remarks>
    /// <exception cref="HubException">It cannot be written (<see cref="HubErrorKind.TokenStorage"/>).</exception>
    public static void Write(string path, string text)
    {
        string? temporary = null;
        try
        {
            FileInfo file = new(path);
            string target = file.LinkTarget is null ? path : file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            string folder = Path.GetDirectoryName(target)!;
            CreateFolder(folder);
            temporary = Path.Join(folder, $"{Path.GetFileName(target)}.{AtomicFile.RandomSuffix()}.tmp");
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (FileStream stream = new(temporary, options))
            {
                stream.Write(Encoding.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            AtomicFile.Publish(temporary, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (temporary is not null)
            {
                AtomicFile.TryDelete(temporary);
            }

            throw CannotWrite(path, e);
        }
    }

    /// <summary>Removes a file; it is no error when there is none.</summary>
    /// <exception cref="HubException">It cannot be removed (<see cref="HubErrorKind.TokenStorage"/>).</exception>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Nor is there a folder that could hold it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }
    }

    /// <summary>Reads a file that must be small.</summary>
    /// <exception cref="IOException">It cannot be read, or is larger.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string ReadText(string path, int maxLength)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] bytes = new byte[maxLength + 1];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= maxLength
            ? Encoding.GetString(bytes.AsSpan(0, length)).TrimStart('\uFEFF')
            : throw new IOException($"it has more than {maxLength} bytes");
    }

    /// <summary>A sentence about the danger when others than the owner may read a file, or <see langword="null"/>.</summary>
    public static string? FindExposure(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMayRead) != UnixFileMode.None
            ? $"Other users of this machine may read the token in '{path}'; run: chmod 600 '{path}'"
            : null;

    /// <summary>Makes a folder for its owner only; one that exists stays as it is.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerFolder);
        }
    }

    private static HubException CannotWrite(string path, Exception e) =>
        new(HubErrorKind.TokenStorage, $"'{path}' cannot be written: {(e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.'))}.", e)
        {
            Advice = ["Check that you may write there, and that the disk has room.", "Or keep tokens elsewhere: set HF_TOKEN_PATH, or HF_HOME."],
        };
}
