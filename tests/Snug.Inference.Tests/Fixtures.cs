using System.Reflection;
using Snug.Tests;

namespace Snug.Inference.Tests;

/// <summary>Files that tests read: those of the checkout, and the shared ones, which a fresh clone does not have.</summary>
internal static class Fixtures
{
    public static string RepositoryRoot { get; } = Path.GetFullPath(
        typeof(Fixtures).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "RepositoryRoot").Value!);

    /// <summary>Data that is committed beside the tests.</summary>
    public static string Data(string name) => Path.Join(RepositoryRoot, "tests", "Snug.Inference.Tests", "Data", name);

    /// <summary>A shared fixture, which is no part of the repository; the test is skipped where there are none.</summary>
    public static string Shared(params string[] parts)
    {
        string? root = SharedFixtures.Find(RepositoryRoot);
        Assert.SkipWhen(root is null, SharedFixtures.Missing);
        return Path.Join([root, .. parts]);
    }
}
