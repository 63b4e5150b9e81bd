using System.CommandLine;
using System.CommandLine.Parsing;

namespace Snug.Cli;

/// <summary>What is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    private const int MaxDistance = 2;

    public static CliException From(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        string path = PathOf(parse.CommandResult);
        List<string> advice = [];
        foreach (string token in parse.UnmatchedTokens)
        {
            if (FindSimilar(command, token) is { } similar)
            {
                advice.Add($"Did you mean '{similar}'?");
            }
        }

        advice.Add($"Run '{path} --help' to see what can be given.");
        return CliException.Usage($"{path}: {parse.Errors[0].Message.TrimEnd('.')}.", [.. advice]);
    }

    private static string PathOf(CommandResult? result)
    {
        List<string> names = [];
        for (; result is not null; result = result.Parent as CommandResult)
        {
            names.Insert(0, result.Command is RootCommand ? "snug" : result.Command.Name);
        }

        return string.Join(' ', names);
    }

    private static string? FindSimilar(Command command, string token)
    {
        IEnumerable<string> names = token.StartsWith('-')
            ? command.Options.SelectMany(o => (IEnumerable<string>)[o.Name, .. o.Aliases])
            : command.Subcommands.SelectMany(c => (IEnumerable<string>)[c.Name, .. c.Aliases]);
        return names.Select(name => (Name: name, Distance: Distance(name, token)))
            .Where(n => n.Distance <= MaxDistance && n.Distance < token.Length)
            .OrderBy(n => n.Distance)
            .Select(n => n.Name)
            .FirstOrDefault();
    }

    /// <summary>Edits between two short words (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
