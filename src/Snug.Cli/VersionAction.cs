using System.CommandLine;
using System.CommandLine.Invocation;

namespace Snug.Cli;

/// <summary>Prints the version of the tool, whatever program it runs in.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(Versions.Snug);
        return ExitCodes.Done;
    }
}
