namespace Snug.Cli;

/// <summary>A failure of the command line itself: wrong use, or something of this machine that stands in the way.</summary>
/// <param name="exitCode">What the process ends with.</param>
/// <param name="kind">The stable code for scripts.</param>
/// <param name="message">What happened to what, one sentence.</param>
/// <param name="advice">What to do, in order.</param>
internal sealed class CliException(int exitCode, string kind, string message, params string[] advice) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public string Kind { get; } = kind;

    public IReadOnlyList<string> Advice { get; } = advice;

    public static CliException Usage(string message, params string[] advice) => new(ExitCodes.Usage, "usage", message, advice);
}
