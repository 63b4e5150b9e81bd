namespace Snug.Bench;

/// <summary>One run of one peer in one row.</summary>
/// <param name="Scenario">The row.</param>
/// <param name="Peer">The peer.</param>
/// <param name="Round">Which run it was, from 1.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="ProcessorSeconds">The peer's processor time.</param>
/// <param name="ServerSeconds">The server's processor time in the meantime, the line's included.</param>
/// <param name="PeakMemory">The peer's largest resident set, in bytes.</param>
/// <param name="Problem">What is wrong with the result, or <see langword="null"/>.</param>
internal sealed record Measurement(
    string Scenario, string Peer, int Round, double Seconds, double ProcessorSeconds, double ServerSeconds, long PeakMemory, string? Problem);
