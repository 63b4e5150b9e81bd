namespace Snug.Hub;

/// <summary>Paths with every link on the way followed, to compare places instead of spellings.</summary>
internal static class RealPath
{
    // What Linux allows (MAXSYMLINKS); more is a loop.
    private const int MaxLinks = 40;

    /// <summary>How paths are compared on this system.</summary>
    public static StringComparison Comparison => OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>How paths are told apart in collections on this system.</summary>
    public static StringComparer Comparer => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The path without links; parts that do not exist stay as they are. <see langword="null"/> when links form a loop.</summary>
    public static string? Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        string current = Path.GetPathRoot(full)!;
        Stack<string> pending = new();
        Push(pending, full[current.Length..]);
        int links = 0;
        while (pending.TryPop(out string? part))
        {
            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            string next = Path.Join(current, part);
            if (FolderReader.LinkTarget(next) is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            if (Path.IsPathFullyQualified(target))
            {
                current = Path.GetPathRoot(target)!;
                target = target[current.Length..];
            }

            Push(pending, target);
        }

        return current;
    }

    /// <summary>Whether a path lies below a folder, by spelling.</summary>
    public static bool IsBelow(string path, string folder) =>
        path.Length > folder.Length + 1 && path.StartsWith(folder, Comparison) && path[folder.Length] == Path.DirectorySeparatorChar;

    /// <summary>Where a link leads, by spelling alone.</summary>
    /// <param name="folder">The folder that the link lies in.</param>
    /// <param name="target">Its target as written.</param>
    public static string FollowText(string folder, string target) => Path.GetFullPath(Path.Combine(folder, target));

    private static void Push(Stack<string> pending, string parts)
    {
        string[] split = parts.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (int i = split.Length - 1; i >= 0; i--)
        {
            if (split[i] != ".")
            {
                pending.Push(split[i]);
            }
        }
    }
}
