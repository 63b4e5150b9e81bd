using System.Reflection;

namespace Snug.Inference.Tests;

/// <summary>Files that tests read: those of the checkout, and the shared ones, which a fresh clone does not have.</summary>
internal static class Fixtures
{
    public static string RepositoryRoot { get; } = Path.GetFullPath(
        typeof(Fixtures).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "RepositoryRoot").Value!);

    /// <summary>Data that is committed beside the tests.</summary>
    public static string Data(string name) => Path.Join(RepositoryRoot, "tests", "Snug.Inference.Tests", "Data", name);

    /// <summary>A shared fixture; the test is skipped where there are none, except on the build server.</summary>
    public static string Shared(params string[] parts)
    {
        string root = Environment.GetEnvironmentVariable("SNUG_FIXTURES") ?? Path.Join(RepositoryRoot, "..", "shared", "fixtures");
        bool present = Directory.Exists(root);
        Assert.SkipUnless(present || Environment.GetEnvironmentVariable("CI") == "true", "The shared fixtures are not here; SNUG_FIXTURES may name their folder.");
        return Path.Join([root, .. parts]);
    }
}
