namespace Snug.Architecture.Tests;

/// <summary>Finds the links of a Markdown page: <c>[text](target)</c>, images too, and <c>[label]: target</c>; code is left out.</summary>
internal static class MarkdownLinks
{
    /// <summary>The targets inside the repository, relative to its root and without their anchors.</summary>
    /// <param name="page">The page's own path.</param>
    /// <param name="text">Its text.</param>
    public static IEnumerable<string> LocalTargets(string page, string text) =>
        Targets(text)
            .Where(target => !Uri.TryCreate(target, UriKind.Absolute, out Uri? uri) || uri.IsFile)
            .Select(target => target.Split('#')[0])
            .Where(target => target.Length > 0)
            .Select(target => Resolve(page, Uri.UnescapeDataString(target)));

    public static IEnumerable<string> Targets(string text)
    {
        bool inFence = false;
        foreach (string line in text.Split('\n'))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inFence = !inFence;
                continue;
            }

            if (inFence)
            {
                continue;
            }

            if (line.StartsWith('[') && line.IndexOf("]: ", StringComparison.Ordinal) is > 0 and int label)
            {
                yield return line[(label + 3)..].Trim().Split(' ')[0];
                continue;
            }

            string prose = WithoutCode(line);
            for (int start = prose.IndexOf("](", StringComparison.Ordinal); start >= 0; start = prose.IndexOf("](", start + 2, StringComparison.Ordinal))
            {
                int end = prose.IndexOf(')', start);
                if (end > 0)
                {
                    yield return prose[(start + 2)..end].Trim().Split(' ')[0].Trim('<', '>');
                }
            }
        }
    }

    /// <summary>The text outside of back-quotes; a link's own text may hold code, so only the code itself goes.</summary>
    private static string WithoutCode(string line) => string.Concat(line.Split('`').Where((_, i) => i % 2 == 0));

    private static string Resolve(string page, string target)
    {
        List<string> parts = target.StartsWith('/') ? [] : [.. page.Split('/')[..^1]];
        foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
