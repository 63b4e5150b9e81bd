using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace Snug.Architecture.Tests;

/// <summary>The checkout that these tests were built from. Paths are relative to its root, with <c>/</c> between their parts.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    public static string FullPath(string path) => Path.Join(Root, path.Replace('/', Path.DirectorySeparatorChar));

    public static string Read(string path) => File.ReadAllText(FullPath(path));

    /// <summary>The files below a folder, in order; none when the folder is missing.</summary>
    public static IReadOnlyList<string> Find(string folder, string pattern) =>
        Directory.Exists(FullPath(folder))
            ? [.. Directory.EnumerateFiles(FullPath(folder), pattern, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file).Replace(Path.DirectorySeparatorChar, '/'))
                .Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The files that git tracks, or would add, and that are still there; the calling test is skipped where git cannot tell.</summary>
    public static async Task<IReadOnlyList<string>> TrackedFilesAsync()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        ProcessStartInfo start = new("git") { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // In containers the checkout often belongs to another user, which git refuses without the first option.
        foreach (string argument in (string[])["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process git = Process.Start(start)!;
            Task<string> output = git.StandardOutput.ReadToEndAsync(cancellation);
            Task<string> error = git.StandardError.ReadToEndAsync(cancellation);
            await git.WaitForExitAsync(cancellation);
            Assert.SkipWhen(git.ExitCode != 0, $"This is no git checkout: {(await error).Trim()}");
            return [.. (await output).Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(path => File.Exists(FullPath(path)))];
        }
        catch (Win32Exception)
        {
            Assert.Skip("git is not installed.");
            throw;
        }
    }
}
