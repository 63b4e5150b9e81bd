namespace Snug.Cli;

/// <summary>A whole diagnosis.</summary>
internal sealed record DoctorOutcome(
    DoctorFacts Facts, IReadOnlyList<DoctorSection> Sections, IReadOnlyList<DoctorStep> Steps, IReadOnlyList<DeployItem> Deploy)
{
    public IEnumerable<DoctorCheck> Checks => Sections.SelectMany(s => s.Checks);

    public int Failures => Checks.Count(c => c.Status == CheckStatus.Failed);

    public int Warnings => Checks.Count(c => c.Status == CheckStatus.Warning);

    /// <summary>The exit code of the first failure, in the order in which things have to be mended.</summary>
    public int ExitCode => Checks.FirstOrDefault(c => c.Status == CheckStatus.Failed)?.ExitCode ?? ExitCodes.Done;
}
