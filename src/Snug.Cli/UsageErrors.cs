using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Snug.Cli;

/// <summary>What is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    private const int MaxDistance = 2;

    /// <summary>The first thing that is wrong with a command line, or <see langword="null"/>.</summary>
    public static CliException? Find(ParseResult parse)
    {
        if (parse.Action is ParseErrorAction)
        {
            return Create(parse, parse.Errors[0].Message.TrimEnd('.'), parse.UnmatchedTokens);
        }

        // To the parser, an option that a command does not have is one more argument.
        return FindStrayOption(parse) is { } stray ? Create(parse, $"There is no option '{stray}'", [stray]) : null;
    }

    private static CliException Create(ParseResult parse, string problem, IReadOnlyList<string> tokens)
    {
        string path = PathOf(parse.CommandResult);
        List<string> advice = [];
        foreach (string token in tokens)
        {
            if (FindSimilar(parse.CommandResult.Command, token) is { } similar)
            {
                advice.Add($"Did you mean '{similar}'?");
            }
        }

        advice.Add($"Run '{path} --help' to see what can be given.");
        return CliException.Usage($"{path}: {problem}.", [.. advice]);
    }

    private static string? FindStrayOption(ParseResult parse)
    {
        // After "--" everything is an argument.
        HashSet<Token> free = new(ReferenceEqualityComparer.Instance);
        foreach (Token token in parse.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash))
        {
            free.Add(token);
        }

        return parse.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .FirstOrDefault(token => token.Value.Length > 1 && token.Value[0] == '-' && !free.Contains(token))?.Value;
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
