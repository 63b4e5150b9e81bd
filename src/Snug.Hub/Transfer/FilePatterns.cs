namespace Snug.Hub;

/// <summary>
/// File selection with the semantics of Python's <c>fnmatch.fnmatchcase</c>, which the Hub's own clients use:
/// <c>*</c> and <c>?</c> match <c>/</c> too, <c>[seq]</c> and <c>[!seq]</c> are classes, there is no escape character.
/// </summary>
internal sealed class FilePatterns
{
    private readonly string[] _include;
    private readonly string[] _exclude;

    public FilePatterns(IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        _include = [.. include.Select(Normalize)];
        _exclude = [.. exclude.Select(Normalize)];
    }

    public bool Selects(string path) =>
        (_include.Length == 0 || Array.Exists(_include, p => Matches(p, path))) && !Array.Exists(_exclude, p => Matches(p, path));

    /// <summary>Whether the whole text matches the pattern; linear memory, no backtracking beyond the last star.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                starText = t;
            }
            else if (p < pattern.Length && MatchOne(pattern, p, text, t, out int patternLength, out int textLength))
            {
                p += patternLength;
                t += textLength;
            }
            else if (star >= 0)
            {
                p = star + 1;
                starText += CharLength(text, starText);
                t = starText;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static string Normalize(string pattern)
    {
        string slashes = pattern.Replace('\\', '/');
        return slashes.EndsWith('/') ? slashes + "*" : slashes;
    }

    /// <summary>Python compares code points, so a surrogate pair is one character.</summary>
    private static int CharLength(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    private static int CodePoint(ReadOnlySpan<char> text, int at) =>
        CharLength(text, at) == 2 ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];

    private static bool MatchOne(ReadOnlySpan<char> pattern, int p, ReadOnlySpan<char> text, int t, out int patternLength, out int textLength)
    {
        textLength = CharLength(text, t);
        if (pattern[p] == '?')
        {
            patternLength = 1;
            return true;
        }

        if (pattern[p] == '[' && FindClassEnd(pattern, p) is var end and > 0)
        {
            patternLength = end - p + 1;
            return MatchClass(pattern[(p + 1)..end], CodePoint(text, t));
        }

        patternLength = CharLength(pattern, p);
        return CodePoint(pattern, p) == CodePoint(text, t);
    }

    /// <summary>The closing bracket: one right after <c>[</c> or <c>[!</c> belongs to the class. Without one, <c>[</c> is itself.</summary>
    private static int FindClassEnd(ReadOnlySpan<char> pattern, int open)
    {
        int at = open + 1;
        if (at < pattern.Length && pattern[at] == '!')
        {
            at++;
        }

        if (at < pattern.Length && pattern[at] == ']')
        {
            at++;
        }

        while (at < pattern.Length && pattern[at] != ']')
        {
            at++;
        }

        return at < pattern.Length ? at : -1;
    }

    private static bool MatchClass(ReadOnlySpan<char> members, int c)
    {
        bool negated = members.Length > 0 && members[0] == '!';
        if (negated)
        {
            members = members[1..];
        }

        int at = 0;
        while (at < members.Length)
        {
            int first = CodePoint(members, at);
            at += CharLength(members, at);
            int last = first;
            if (at + 1 < members.Length && members[at] == '-')
            {
                last = CodePoint(members, at + 1);
                at += 1 + CharLength(members, at + 1);
            }

            if (c >= first && c <= last)
            {
                return !negated;
            }
        }

        return negated;
    }
}
