using System.Reflection;

namespace Snug.Server.Tests;

/// <summary>Files of the checkout and scratch folders.</summary>
internal static class Files
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Files).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    public static string Samples { get; } = Path.Combine(Root, "samples", "repositories");

    /// <summary>A folder of recorded answers of the real Hub, where there is one.</summary>
    public static string? Fixtures { get; } = FindFixtures();

    public static string Sample(string path) => Path.Combine(Samples, path);

    public static string NewFolder()
    {
        string folder = Path.Combine(Path.GetTempPath(), "snug-tests", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        return folder;
    }

    public static void Write(string folder, string path, string text)
    {
        string file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string? FindFixtures()
    {
        if (Environment.GetEnvironmentVariable("SNUG_FIXTURES") is { Length: > 0 } given)
        {
            return Directory.Exists(given) ? given : null;
        }

        for (DirectoryInfo? folder = new(Root); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "fixtures");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
