using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Snug.Cli;

/// <summary>The help of the commands, with examples under it.</summary>
internal static class HelpText
{
    private const int MaxWidth = 110;

    /// <summary>Puts our help in place of the parser's.</summary>
    public static SynchronousCommandLineAction Install(RootCommand root, CliConsole console)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        WithExamples help = new((HelpAction)option.Action!, console);
        option.Action = help;
        return help;
    }

    /// <summary>Makes a command that only groups others show its help.</summary>
    public static void ShowWithoutCommand(Command group, SynchronousCommandLineAction help) => group.SetAction(help.Invoke);

    private sealed class WithExamples(HelpAction standard, CliConsole console) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            // Only now: asking for the width of a terminal makes the platform read its description, which other commands need not wait for.
            standard.MaxWidth = Math.Min(MaxWidth, console.Width());
            int code = standard.Invoke(parseResult);
            if (parseResult.CommandResult.Command is SnugCommand { Examples: { Count: > 0 } examples })
            {
                TextWriter output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach (string example in examples)
                {
                    output.WriteLine("  " + example);
                }

                output.WriteLine();
            }

            return code;
        }
    }
}
