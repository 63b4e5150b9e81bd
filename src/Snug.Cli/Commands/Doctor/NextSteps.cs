using Snug.Hub;

namespace Snug.Cli;

/// <summary>The way from nothing to a running job in the order that costs least, with the position on it.</summary>
internal static class NextSteps
{
    public static IReadOnlyList<DoctorStep> Plan(DoctorFacts facts, IReadOnlyList<DoctorCheck> checks)
    {
        bool wantsToken = facts.Reports.Any(r => r.Gate is GatedMode.Auto or GatedMode.Manual || r.IsPrivate == true
            || r.ErrorKind is HubErrorKind.Gated or HubErrorKind.Forbidden or HubErrorKind.RepositoryNotFound);
        bool refused = facts.Connection?.TokenProblem is not null;
        bool hasToken = facts.Settings.Token is not null && !refused;
        List<AccessReport> gated = [.. facts.Reports.Where(r => r.Gate is GatedMode.Auto or GatedMode.Manual || r.ErrorKind == HubErrorKind.Gated)];
        List<AccessReport> closed = [.. gated.Where(r => !r.IsReadable)];
        bool machineIsReady = !checks.Any(c => c.Id is "disk" or "cache" or "endpoint" or "clock" && c.Status == CheckStatus.Failed);
        bool isCached = facts.Reports.Count > 0 && facts.Reports.All(r => r.Cached is { IsWhole: true });
        bool hasManifest = facts.Targets.Count > 0 && facts.Targets.All(t => t.Origin == ProjectManifest.FileName);
        string models = facts.Reports.Count == 0 ? "MODEL" : string.Join(' ', facts.Reports.Select(r => "-m " + r.Repository).Distinct(StringComparer.Ordinal));
        (string Title, bool IsDone, bool IsNeeded)[] steps =
        [
            ($"Get a token with read permission: {facts.TokensPage}", hasToken, wantsToken || refused),
            (closed.Count == 0
                ? "Accept the terms of every gated model"
                : "Accept the terms, or ask for access, with the account of the token: " + string.Join(" , ", closed.Select(r => r.Page.AbsoluteUri).Distinct(StringComparer.Ordinal)),
                gated.Count > 0 && closed.Count == 0,
                gated.Count > 0),
            ("Prepare the machine: network, clock, room on the disk, a cache that can be written", machineIsReady, true),
            ("Log in: 'snug login' (once, on a machine of your own or in the cloud), HF_TOKEN (CI, scripts) or .env (development)", hasToken, wantsToken || refused),
            (hasManifest ? "Set up: snug setup" : $"Set up: snug ensure {models}", isCached, true),
            (hasManifest ? "Start the job: snug exec -- COMMAND" : "Start the job: it finds its models in the cache", false, true),
        ];
        List<DoctorStep> plan = [];
        bool isBehind = true;
        foreach ((string title, bool isDone, bool isNeeded) in steps)
        {
            StepState state = isDone ? StepState.Done : !isNeeded ? StepState.NotNeeded : isBehind ? StepState.Current : StepState.Todo;
            isBehind &= state != StepState.Current;
            plan.Add(new DoctorStep(plan.Count + 1, title, state));
        }

        return plan;
    }
}
