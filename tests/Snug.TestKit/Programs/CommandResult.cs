namespace Snug.TestKit;

/// <summary>What a program did.</summary>
/// <param name="ExitCode">Its exit code; 128 plus the number of the signal that ended it.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="PeakMemory">The most memory that it held, in bytes, or zero where the system does not tell.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error, TimeSpan Elapsed, long PeakMemory);
