using System.Buffers;

namespace Snug.Hub;

/// <summary>What can be said about a revision without asking the Hub.</summary>
public static class Revisions
{
    /// <summary>The branch that every repository has.</summary>
    public const string Default = "main";

    /// <summary>The longest revision that is sent to the Hub, in characters.</summary>
    public const int MaxLength = 255;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create(" ~^:?*[\\\"<>|");

    /// <summary>Whether the text is a full commit id: 40 lowercase hexadecimal digits. Such a revision never changes.</summary>
    public static bool IsCommit(ReadOnlySpan<char> revision) => revision.Length == 40 && !revision.ContainsAnyExcept(Hashes.HexDigits);

    /// <summary>Throws unless the revision can name a branch, a tag, a commit or a pull request reference.</summary>
    internal static string Validate(string? revision)
    {
        revision ??= Default;
        return FindProblem(revision) is { } problem ? throw HubException.InvalidRevision(revision, problem) : revision;
    }

    /// <summary>Why the text can name no branch, tag, commit or pull request reference; <see langword="null"/> when it can.</summary>
    /// <param name="revision">The text.</param>
    public static string? FindProblem(string revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        if (revision.Length is 0 or > MaxLength)
        {
            return "a revision has between 1 and 255 characters";
        }

        // The rules of git for reference names; they also make the name safe as a path under refs/.
        foreach (string segment in revision.Split('/'))
        {
            if (segment.Length == 0 || segment[0] == '.' || segment.EndsWith(".lock", StringComparison.Ordinal))
            {
                return "a part of a revision may not be empty, begin with '.' or end with '.lock'";
            }
        }

        return revision.Contains("..", StringComparison.Ordinal) || revision.AsSpan().ContainsAny(Forbidden) || revision.Any(char.IsControl)
            ? "spaces, control characters, '..' and any of ~ ^ : ? * [ \\ \" < > | are not allowed"
            : null;
    }
}
