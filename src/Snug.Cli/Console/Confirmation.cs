namespace Snug.Cli;

/// <summary>Asks before something goes that cannot be had back for nothing.</summary>
internal static class Confirmation
{
    /// <summary>Asks for a yes; anything else is a no.</summary>
    /// <exception cref="CliException">Nobody is there to ask.</exception>
    public static bool Ask(Invocation invocation, string question, string action)
    {
        CliConsole console = invocation.Console;
        if (!console.IsInTerminal || invocation.IsJson)
        {
            throw CliException.Usage($"{action} needs a yes, and nobody is there to give it.", "Add --yes to go ahead without being asked.");
        }

        console.Error.Write(question + " [y/N] ");
        console.Error.Flush();
        return console.In.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
