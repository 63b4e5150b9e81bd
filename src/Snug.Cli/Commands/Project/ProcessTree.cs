using System.Diagnostics;
using System.Globalization;

namespace Snug.Cli;

/// <summary>The programs that a program has started, and those that these have started.</summary>
internal static class ProcessTree
{
    private const string Processes = "/proc";

    /// <summary>
    /// The descendants of a process, parents before their children. Whoever has detached itself, as daemons do, belongs to nobody and is not among them.
    /// </summary>
    /// <param name="root">The process.</param>
    public static IReadOnlyList<int> FindDescendants(int root)
    {
        ILookup<int, int> children = (OperatingSystem.IsLinux() ? FromFiles() : FromProgram()).ToLookup(p => p.Parent, p => p.Id);
        List<int> found = [root];
        for (int i = 0; i < found.Count; i++)
        {
            // Ids are used again, so a table that is read while processes come and go may hold a circle.
            found.AddRange(children[found[i]].Except(found));
        }

        return found[1..];
    }

    /// <summary>The parent in a line of <c>/proc/ID/stat</c>, whose second field is a name that may hold anything, brackets and spaces too.</summary>
    public static int? ParseParent(string line)
    {
        string[] fields = line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parent) ? parent : null;
    }

    private static IEnumerable<(int Id, int Parent)> FromFiles()
    {
        foreach (string folder in Directory.EnumerateDirectories(Processes))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                continue;
            }

            int? parent = null;
            try
            {
                parent = ParseParent(File.ReadAllText(Path.Join(folder, "stat")));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is hidden from us.
            }

            if (parent is { } known)
            {
                yield return (id, known);
            }
        }
    }

    /// <summary>Systems without that folder have a program that prints the same.</summary>
    private static List<(int Id, int Parent)> FromProgram()
    {
        List<(int Id, int Parent)> table = [];
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("ps", ["-A", "-o", "pid=,ppid="]) { UseShellExecute = false, RedirectStandardOutput = true })!;
            while (process.StandardOutput.ReadLine() is { } line)
            {
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length == 2 && int.TryParse(fields[0], out int id) && int.TryParse(fields[1], out int parent))
                {
                    table.Add((id, parent));
                }
            }

            process.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Without it only the program itself is known.
        }

        return table;
    }
}
