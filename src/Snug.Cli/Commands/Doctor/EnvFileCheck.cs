using System.Diagnostics;

namespace Snug.Cli;

/// <summary>Whether git would take the project's <c>.env</c>, and the token in it, into a commit.</summary>
internal static class EnvFileCheck
{
    private const string Name = ".env";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="project">The folder of the project.</param>
    /// <param name="always">Whether to look also where there is no <c>.env</c> yet.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    public static async Task<DoctorCheck> RunAsync(string project, bool always, CancellationToken cancellationToken)
    {
        string file = Path.Join(project, Name);
        bool exists = File.Exists(file);
        if (!exists && !always)
        {
            return DoctorCheck.Skipped("env_file", Name, $"There is none in '{project}'.");
        }

        if (FindWorkTree(project) is null)
        {
            return DoctorCheck.Ok("env_file", Name, $"'{project}' is not in a git repository.");
        }

        if (await GitAsync(project, ["ls-files", "--error-unmatch", "--", Name], cancellationToken) == 0)
        {
            return DoctorCheck.Warning(
                "env_file",
                Name,
                $"git tracks '{file}': a token in it is in the history of the repository.",
                "Replace the token: whoever can read the repository has the old one.",
                $"Run: git rm --cached {Name} && echo {Name} >> .gitignore");
        }

        // 0: ignored, 1: not ignored; anything else is no answer.
        int? ignored = await GitAsync(project, ["check-ignore", "--quiet", "--", Name], cancellationToken) ?? (IsListed(project) ? 0 : 1);
        return ignored == 0
            ? DoctorCheck.Ok("env_file", Name, "git ignores it.")
            : DoctorCheck.Warning(
                "env_file",
                Name,
                $"git does not ignore '{file}'{(exists ? "" : ", which is not there yet")}: a token in it would be committed.",
                $"Run: echo {Name} >> .gitignore");
    }

    private static string? FindWorkTree(string folder)
    {
        for (string? path = Path.GetFullPath(folder); path is not null; path = Path.GetDirectoryName(path))
        {
            if (Path.Exists(Path.Join(path, ".git")))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>Without git, the plain cases: a line in a <c>.gitignore</c> on the way up.</summary>
    private static bool IsListed(string project)
    {
        string? end = FindWorkTree(project);
        for (string? path = Path.GetFullPath(project); path is not null; path = Path.GetDirectoryName(path))
        {
            string list = Path.Join(path, ".gitignore");
            if (File.Exists(list) && File.ReadLines(list).Any(line => line.Trim() is Name or "/" + Name or "*.env" or ".env*" or ".*"))
            {
                return true;
            }

            if (path == end)
            {
                break;
            }
        }

        return false;
    }

    /// <summary>The exit code of git, or <see langword="null"/> where it cannot be run.</summary>
    private static async Task<int?> GitAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("git", ["-C", folder, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string variable in start.Environment.Keys.Where(k => k.Contains("TOKEN", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            // What git does not need, it does not get.
            start.Environment.Remove(variable);
        }

        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            using Process? process = Process.Start(start);
            if (process is null)
            {
                return null;
            }

            try
            {
                await Task.WhenAll(
                    process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token), process.WaitForExitAsync(deadline.Token));
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellationToken.ThrowIfCancellationRequested();
                return null;
            }

            return process.ExitCode is 0 or 1 ? process.ExitCode : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
