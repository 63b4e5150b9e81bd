namespace Snug.Hub;

/// <summary>A line of a <c>.env</c> file that was passed over.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Name">The name that it was about to give a value, if it can be told.</param>
/// <param name="Reason">What is wrong with it; never the value.</param>
public sealed record DotEnvProblem(int Line, string? Name, string Reason);
