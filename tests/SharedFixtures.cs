namespace Snug.Tests;

/// <summary>Where the shared fixtures are: real data that is no part of the repository. Linked into the test projects that use them.</summary>
internal static class SharedFixtures
{
    /// <summary>Names their folder, wherever it is; a folder that does not exist means that there are none.</summary>
    private const string Variable = "SNUG_FIXTURES";

    /// <summary>Why a test that needs them is skipped.</summary>
    public const string Missing = $"The shared fixtures are not here; {Variable} may name their folder.";

    /// <summary>The folder, or <see langword="null"/> where there is none, as in a fresh clone.</summary>
    /// <param name="repositoryRoot">The root of the checkout; the folder is looked for beside it and beside the folders above.</param>
    public static string? Find(string repositoryRoot)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return Directory.Exists(given) ? Path.GetFullPath(given) : null;
        }

        for (DirectoryInfo? folder = new DirectoryInfo(Path.GetFullPath(repositoryRoot)).Parent; folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Join(folder.FullName, "shared", "fixtures");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
