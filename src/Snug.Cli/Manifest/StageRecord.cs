namespace Snug.Cli;

/// <summary>What is remembered of the last time that a stage ran.</summary>
/// <param name="Fingerprint">A hash of what it was told and read.</param>
/// <param name="ExitCode">What its last command ended with.</param>
/// <param name="FinishedAt">When.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record StageRecord(string Fingerprint, int ExitCode, DateTimeOffset FinishedAt, double Seconds);
