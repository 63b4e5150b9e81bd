namespace Snug.Inference;

/// <summary>Another member of the team failed; its exception is the one to report.</summary>
internal sealed class TeamBrokenException : Exception;
