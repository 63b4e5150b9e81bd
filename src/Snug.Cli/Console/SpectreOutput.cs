using System.Text;
using Spectre.Console;

namespace Snug.Cli;

/// <summary>Spectre consoles that write where we say and decide nothing by themselves.</summary>
internal static class SpectreOutput
{
    public static IAnsiConsole For(TextWriter writer, CliConsole console, bool decorate) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = decorate ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = decorate ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
        Out = new FixedOutput(writer, console.Width()),
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });

    /// <summary>
    /// Switches a Windows console to obeying terminal sequences, which it does not do by itself; elsewhere there is nothing to switch.
    /// </summary>
    /// <returns>Whether sequences work.</returns>
    public static bool TryEnableSequences(TextWriter writer) => !OperatingSystem.IsWindows()
        || AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) }).Profile.Capabilities.Ansi;

    private sealed class FixedOutput(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => width;

        public int Height => int.MaxValue;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
