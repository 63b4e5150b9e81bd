using System.Buffers;

namespace Snug.Hub;

/// <summary>Rules for paths inside a repository, so that no name from the Hub is ever written outside its folder.</summary>
internal static class RepositoryPath
{
    private const int MaxLength = 4096;
    private const int MaxSegmentBytes = 255;

    private static readonly SearchValues<char> ForbiddenOnWindows = SearchValues.Create("<>:\"|?*");

    /// <summary>
    /// Finds two paths that would be one file where the file system ignores case, and a file where another path needs a folder.
    /// </summary>
    public static (string First, string Second)? FindCollision(IEnumerable<string> paths, bool ignoreCase)
    {
        Dictionary<string, string> seen = new(ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (!seen.TryAdd(path, path))
            {
                return (seen[path], path);
            }
        }

        foreach (string path in seen.Values)
        {
            for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                if (seen.TryGetValue(path[..slash], out string? file))
                {
                    return (file, path);
                }
            }
        }

        return null;
    }

    /// <summary>Throws unless the path is relative, stays inside the repository and can exist on this system.</summary>
    public static string Validate(RepositoryId repository, string path) =>
        FindProblem(path) is { } problem ? throw HubException.InvalidPath(repository, path, problem) : path;

    /// <summary>Why a path cannot be used on this system, or <see langword="null"/> when it can.</summary>
    public static string? FindProblem(string path) => FindProblem(path, OperatingSystem.IsWindows());

    internal static string? FindProblem(string path, bool windows)
    {
        if (path.Length is 0 or > MaxLength)
        {
            return "it is empty or too long";
        }

        if (path[0] == '/' || path.Contains('\\', StringComparison.Ordinal) || (path.Length >= 2 && path[1] == ':' && char.IsAsciiLetter(path[0])))
        {
            return "it must be relative and use '/' between folders";
        }

        foreach (Range range in path.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> segment = path.AsSpan()[range];
            if (segment.IsEmpty || segment is "." or "..")
            {
                return "empty, '.' and '..' parts are not allowed";
            }

            foreach (char c in segment)
            {
                if (char.IsControl(c))
                {
                    return "control characters are not allowed";
                }
            }

            if (System.Text.Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
            {
                return "a part of it is longer than 255 bytes";
            }

            if (windows && FindWindowsProblem(segment) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? FindWindowsProblem(ReadOnlySpan<char> segment)
    {
        if (segment.ContainsAny(ForbiddenOnWindows))
        {
            return "Windows does not allow any of < > : \" | ? * in file names";
        }

        if (segment[^1] is '.' or ' ')
        {
            return "Windows does not allow names that end with a dot or a space";
        }

        int dot = segment.IndexOf('.');
        ReadOnlySpan<char> stem = (dot < 0 ? segment : segment[..dot]).TrimEnd(' ');
        Span<char> upper = stackalloc char[stem.Length];
        stem.ToUpperInvariant(upper);
        bool reserved = upper is "CON" or "PRN" or "AUX" or "NUL"
            || (upper.Length == 4 && (upper.StartsWith("COM") || upper.StartsWith("LPT")) && char.IsAsciiDigit(upper[3]) && upper[3] != '0');
        return reserved ? "it is a reserved device name on Windows" : null;
    }
}
