using Snug.Hub;

namespace Snug.Cli;

/// <summary>The FILES of a command line: exact names, folders and patterns.</summary>
internal sealed class FileSelection
{
    public FileSelection(IEnumerable<string> texts, IReadOnlyList<string> include)
    {
        foreach (string text in texts)
        {
            if (text.AsSpan().ContainsAny('*', '?'))
            {
                Patterns.Add(text);
            }
            else if (text.EndsWith('/') || RepositoryFile.IsPackage(text))
            {
                Folders.Add(text.TrimEnd('/'));
            }
            else
            {
                Names.Add(text);
            }
        }

        Patterns.AddRange(include);
    }

    public List<string> Names { get; } = [];

    public List<string> Folders { get; } = [];

    public List<string> Patterns { get; } = [];

    /// <summary>The one file that was asked for, when it is all that was.</summary>
    public string? SingleName => Names.Count == 1 && Folders.Count == 0 && Patterns.Count == 0 ? Names[0] : null;

    /// <summary>The one folder that was asked for, when it is all that was.</summary>
    public string? SingleFolder => Folders.Count == 1 && Names.Count == 0 && Patterns.Count == 0 ? Folders[0] : null;

    /// <summary>Everything as include patterns; empty for the whole repository.</summary>
    public IReadOnlyList<string> ToInclude() => [.. Names.Select(Escape), .. Folders.Select(f => Escape(f) + "/"), .. Patterns];

    /// <summary>Fails when a name or folder that was asked for is not among the files of a snapshot.</summary>
    /// <exception cref="HubException">Something is missing (<see cref="HubErrorKind.EntryNotFound"/>).</exception>
    public void RequireAll(RepositoryId repository, string? revision, IReadOnlyCollection<string> files)
    {
        HashSet<string> present = new(files, StringComparer.Ordinal);
        string[] missing =
        [
            .. Names.Where(name => !present.Contains(name)),
            .. Folders.Where(folder => !files.Any(f => f.StartsWith(folder + "/", StringComparison.Ordinal))).Select(f => f + "/"),
        ];
        if (missing.Length > 0)
        {
            throw new HubException(
                HubErrorKind.EntryNotFound,
                $"{repository} has no {string.Join(", ", missing.Select(m => $"'{m}'"))} at revision '{revision ?? "main"}'.")
            {
                Repository = repository,
                Revision = revision,
                File = missing[0],
                Advice = [$"Run 'snug files {repository}' to see the files.", "The other files were downloaded."],
            };
        }
    }

    /// <summary>A pattern that matches a name and nothing else, where <c>fnmatch</c> decides.</summary>
    public static string Escape(string name)
    {
        if (name.AsSpan().IndexOfAny('[', '*', '?') < 0)
        {
            return name;
        }

        return string.Concat(name.Select(c => c is '[' or '*' or '?' ? $"[{c}]" : c.ToString()));
    }
}
