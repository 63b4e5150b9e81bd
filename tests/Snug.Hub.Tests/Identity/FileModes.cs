namespace Snug.Hub.Tests;

/// <summary>Who may do what with a file, where the system knows such a thing.</summary>
internal static class FileModes
{
    public const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void RequireThem() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no mode of a file.");

    public static UnixFileMode Get(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);

    public static void Set(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
