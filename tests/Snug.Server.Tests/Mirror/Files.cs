using System.Reflection;
using Snug.Tests;

namespace Snug.Server.Tests;

/// <summary>Files of the checkout and scratch folders.</summary>
internal static class Files
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Files).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    public static string Samples { get; } = Path.Combine(Root, "samples", "repositories");

    /// <summary>A folder of recorded answers of the real Hub, where there is one.</summary>
    public static string? Fixtures { get; } = SharedFixtures.Find(Root);

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
}
