using Snug.Hub;

namespace Snug.Cli;

/// <summary>The repositories that are wanted: whether they can be had, and how large they are.</summary>
internal static class RepositoryChecks
{
    public static IEnumerable<DoctorCheck> Run(DoctorFacts facts)
    {
        if (facts.Reports.Count == 0)
        {
            const string Nothing = "No repository was named: nothing tells whether the models can be had.";
            string[] advice = ["Name them: snug doctor REPO...; or list them in snug.json, or let --scan find them in your code."];
            yield return facts.Purpose == DoctorPurpose.Training
                ? DoctorCheck.Failed("repositories", "repositories", Nothing, ExitCodes.Usage, advice)
                : DoctorCheck.Skipped("repositories", "repositories", Nothing) with { Advice = advice };
            yield break;
        }

        for (int i = 0; i < facts.Reports.Count; i++)
        {
            yield return Check(facts, facts.Targets[i], facts.Reports[i]);
        }
    }

    /// <summary>Whether a set-up may go on without it, because it is fetched when it is used.</summary>
    public static bool IsDeferrable(AccessReport report) => report.State is AccessState.GatedNoToken or AccessState.GatedNotGranted
        or AccessState.GatedAwaitingReview or AccessState.GatedRejected or AccessState.TokenLacksGatedPermission or AccessState.TokenForbidden
        || (report.State == AccessState.NotFound && report.TokenSource is null);

    private static DoctorCheck Check(DoctorFacts facts, DoctorTarget target, AccessReport report)
    {
        string subject = report.Revision == Revisions.Default ? report.Repository.ToString() : $"{report.Repository} at {report.Revision}";
        if (target.Origin != "argument")
        {
            subject += $" ({target.Origin})";
        }

        if (report.IsReadable)
        {
            string detail = $"{report.Message.TrimEnd('.')}{Size(report)}.";
            return report.RenamedTo is { } present
                ? DoctorCheck.Warning("repository", subject, $"{detail} Its present name is {present}.", report.Advice)
                : DoctorCheck.Ok("repository", subject, detail);
        }

        List<string> advice = [.. report.Advice];
        CheckStatus status = CheckStatus.Failed;
        string said = report.Message;
        if (report.Cached is { IsWhole: true })
        {
            status = CheckStatus.Warning;
            said += " It is whole in the cache, and usable from there with --offline.";
        }
        else if (facts.Purpose == DoctorPurpose.Setup && IsDeferrable(report))
        {
            status = CheckStatus.Warning;
            said += " Set-up goes on without it; it will be downloaded when it is used.";
        }
        else if (report.State == AccessState.GatedNoToken)
        {
            said += " Starting the job now would end in this error after everything else is loaded: get the token first.";
        }

        return new DoctorCheck("repository", subject, status, said)
        {
            Advice = advice,
            Code = report.Code,
            ExitCode = ExitCodes.For(report.ErrorKind!.Value, report.StatusCode),
        };
    }

    private static string Size(AccessReport report) => report switch
    {
        { TotalBytes: { } total, MissingBytes: 0 } => $", {Text.Size(total)}, all of it cached",
        { TotalBytes: { } total, MissingBytes: { } missing } when missing < total => $", {Text.Size(total)}, of which {Text.Size(missing)} to download",
        { TotalBytes: { } total } => $", {Text.Size(total)} to download",
        { Cached: { } cached } => $", {Text.Size(cached.Bytes)}{(cached.IsWhole is null ? " (whether this is all of it is not known)" : "")}",
        _ => "",
    };
}
