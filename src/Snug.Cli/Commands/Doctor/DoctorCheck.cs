namespace Snug.Cli;

/// <summary>One thing that was looked at.</summary>
/// <param name="Id">The stable name for scripts.</param>
/// <param name="Subject">What was looked at, in words.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Detail">What was found, one sentence.</param>
internal sealed record DoctorCheck(string Id, string Subject, CheckStatus Status, string Detail)
{
    /// <summary>What to do, in order.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>What the process ends with if this is the first failure.</summary>
    public int ExitCode { get; init; } = ExitCodes.Unexpected;

    /// <summary>The stable code of an error, where there is one.</summary>
    public string? Code { get; init; }

    public static DoctorCheck Ok(string id, string subject, string detail) => new(id, subject, CheckStatus.Ok, detail);

    public static DoctorCheck Skipped(string id, string subject, string detail) => new(id, subject, CheckStatus.Skipped, detail);

    public static DoctorCheck Warning(string id, string subject, string detail, params IReadOnlyList<string> advice) =>
        new(id, subject, CheckStatus.Warning, detail) { Advice = advice };

    public static DoctorCheck Failed(string id, string subject, string detail, int exitCode, params IReadOnlyList<string> advice) =>
        new(id, subject, CheckStatus.Failed, detail) { Advice = advice, ExitCode = exitCode };
}
