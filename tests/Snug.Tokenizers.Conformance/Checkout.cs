using System.Diagnostics;
using System.Reflection;

namespace Snug.Tokenizers.Conformance;

/// <summary>Where things are: the repository, the reference engine, the fixtures.</summary>
internal static class Checkout
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    /// <summary>The folder of real data beside the repository, or null where there is none.</summary>
    public static string? Fixtures { get; } = FindFixtures();

    /// <summary>Installs the reference engine and its tokenizers into a folder of build results, once for each version of the lock file.</summary>
    public static async Task<string> InstallEngineAsync()
    {
        string source = Path.Combine(Root, "tests", "interop-tokenizers");
        string target = Path.Combine(Root, "artifacts", "interop-tokenizers");
        string lockFile = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"));
        string installed = Path.Combine(target, "installed-lock.json");
        Directory.CreateDirectory(target);
        foreach (string name in (string[])["package.json", "package-lock.json", ".npmrc", "engine.mjs"])
        {
            File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true);
        }

        if (!File.Exists(installed) || await File.ReadAllTextAsync(installed) != lockFile)
        {
            ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts"])
            {
                WorkingDirectory = target,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string error = await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm ci: {error}");
            }

            await File.WriteAllTextAsync(installed, lockFile);
        }

        return target;
    }

    private static string? FindFixtures()
    {
        string[] candidates = [Environment.GetEnvironmentVariable("SNUG_FIXTURES") ?? "", Path.Combine(Root, "..", "shared", "fixtures")];
        return candidates.FirstOrDefault(folder => folder.Length > 0 && Directory.Exists(folder)) is { } found ? Path.GetFullPath(found) : null;
    }
}
