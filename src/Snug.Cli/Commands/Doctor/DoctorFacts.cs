using Snug.Hub;

namespace Snug.Cli;

/// <summary>Everything that was found out, before it is judged.</summary>
internal sealed record DoctorFacts
{
    public required DoctorPurpose Purpose { get; init; }

    public required HubSettings Settings { get; init; }

    /// <summary>The folder of the project: its manifest, its <c>.env</c>, its git repository.</summary>
    public required string Project { get; init; }

    /// <summary>The connection, or <see langword="null"/> in offline mode.</summary>
    public required ConnectionReport? Connection { get; init; }

    public required IReadOnlyList<DoctorTarget> Targets { get; init; }

    /// <summary>A report for each target, in the same order.</summary>
    public required IReadOnlyList<AccessReport> Reports { get; init; }

    /// <summary>The measured speed in bytes per second, or <see langword="null"/> when it was not measured.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>The bytes that all repositories together still need; each commit counts once.</summary>
    public long MissingBytes => Distinct.Sum(r => r.MissingBytes ?? 0);

    /// <summary>How long the stages of the project took when they last ran, or <see langword="null"/> when one of them never has, or there are none.</summary>
    public TimeSpan? StageTime { get; init; }

    /// <summary>Whether the project has stages.</summary>
    public bool HasStages { get; init; }

    public long TotalBytes => Distinct.Sum(r => r.TotalBytes ?? 0);

    /// <summary>Whether the size of some repository is not known.</summary>
    public bool HasUnknownSizes => Reports.Any(r => r.MissingBytes is null && r.State != AccessState.Cached);

    public string TokensPage => Links.TokensPage(Settings.Endpoint);

    /// <summary>A gated repository that is wanted, if one is.</summary>
    public AccessReport? FirstGated => Reports.FirstOrDefault(r => r.Gate is GatedMode.Auto or GatedMode.Manual || r.Code == "gated_repo_error");

    /// <summary>The bytes that some of the repositories still need.</summary>
    public long MissingBytesOf(Func<AccessReport, bool> selects) => Distinct.Where(selects).Sum(r => r.MissingBytes ?? 0);

    private IEnumerable<AccessReport> Distinct =>
        Reports.Select((report, i) => (Report: report, Target: Targets[i]))
            .DistinctBy(p => (p.Report.RenamedTo ?? p.Report.Repository, p.Report.Commit, string.Join('\n', p.Target.Include), p.Target.Reference.Path))
            .Select(p => p.Report);
}
