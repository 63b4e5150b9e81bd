using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Snug.Cli;

/// <summary>The help of the commands, with examples under it.</summary>
internal static class HelpText
{
    private const int MaxWidth = 110;

    /// <summary>Puts our help in place of the parser's.</summary>
    public static HelpAction Install(RootCommand root, CliConsole console)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        HelpAction standard = (HelpAction)option.Action!;
        standard.MaxWidth = Math.Min(MaxWidth, console.Width());
        option.Action = new WithExamples(standard);
        return standard;
    }

    /// <summary>Makes a command that only groups others show its help.</summary>
    public static void ShowWithoutCommand(Command group, HelpAction help) => group.SetAction(help.Invoke);

    private sealed class WithExamples(HelpAction standard) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
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
