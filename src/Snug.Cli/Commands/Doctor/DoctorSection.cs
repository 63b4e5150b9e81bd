namespace Snug.Cli;

/// <summary>Checks under a heading.</summary>
internal sealed record DoctorSection(string Title, IReadOnlyList<DoctorCheck> Checks);
