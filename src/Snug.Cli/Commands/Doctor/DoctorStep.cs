namespace Snug.Cli;

/// <summary>A step on the way from nothing to a running job.</summary>
internal sealed record DoctorStep(int Number, string Title, StepState State);
