namespace Snug.Cli;

/// <summary>How far a stage is.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="State">How far it is.</param>
/// <param name="Reason">Why it is not done, or <see langword="null"/>.</param>
/// <param name="Record">What is remembered of its last run, or <see langword="null"/>.</param>
internal sealed record StageStatus(ManifestStage Stage, ItemState State, string? Reason, StageRecord? Record)
{
    /// <summary>What the disk and the memory of earlier set-ups say about a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="project">The folder of the project.</param>
    /// <param name="state">The memory.</param>
    /// <param name="hasToken">Whether there is a token.</param>
    public static StageStatus Of(ManifestStage stage, string project, SetupState state, bool hasToken)
    {
        StageRecord? record = state.Find(stage);
        string? missing = stage.Outputs.FirstOrDefault(output => !Path.Exists(Path.Join(project, output)));
        string? reason = record is null ? "it has not run yet"
            : record.Fingerprint != StageFingerprint.Compute(stage, project) ? "its commands or its inputs have changed"
            : record.ExitCode != 0 ? $"its command ended with {record.ExitCode}"
            : missing is not null ? $"'{missing}' is missing"
            : null;
        if (reason is null)
        {
            return new StageStatus(stage, ItemState.Done, null, record);
        }

        return stage.Token == TokenNeed.Required && !hasToken
            ? new StageStatus(stage, ItemState.Deferred, "it needs a token, and none is configured", record)
            : new StageStatus(stage, record is { ExitCode: not 0 } && reason.StartsWith("its command ended", StringComparison.Ordinal) ? ItemState.Failed : ItemState.Todo, reason, record);
    }
}
