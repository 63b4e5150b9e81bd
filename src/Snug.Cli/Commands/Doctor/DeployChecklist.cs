using Snug.Hub;

namespace Snug.Cli;

/// <summary>What is to be done before a deployment: what a machine can tell is told, the rest is for people.</summary>
internal static class DeployChecklist
{
    /// <summary>A small public model that proves the way from end to end.</summary>
    private static readonly RepositoryId SmallModel = RepositoryId.Parse("gpt2");

    public static IReadOnlyList<DeployItem> Make(DoctorFacts facts, DoctorCheck envFile, HubCache cache)
    {
        bool tokenWorks = facts.Connection is { Identity: not null };
        bool? terms = facts.Reports.Count == 0 ? null : facts.Reports.All(r => r.IsReadable || r.ErrorKind is not (HubErrorKind.Gated or HubErrorKind.Forbidden));
        return
        [
            new DeployItem("token_obtained", $"A token with read permission is there and accepted ({facts.TokensPage})", tokenWorks),
            new DeployItem("token_in_env", "HF_TOKEN is in .env, or in the environment of the deployment", IsConfigured(facts)),
            new DeployItem("env_ignored", ".env is ignored by git", envFile.Status == CheckStatus.Ok),
            new DeployItem("small_model", $"A small model was tried first: snug download {SmallModel} config.json", cache.TryGetSnapshot(SmallModel) is not null),
            new DeployItem("terms_accepted", "The terms of all gated models are accepted by the account of the token", terms),
            new DeployItem("tests_run", "The tests of the program pass", null),
            new DeployItem("token_in_log", "The log of the program says 'HuggingFace token configured': grep -i huggingface", null),
            new DeployItem("staging", "It runs in staging, with the staging environment's own token", null),
            new DeployItem("staging_download", "Staging has downloaded its models: snug exec or snug ensure there ended with 0", null),
            new DeployItem("production", "Only then: production", null),
        ];
    }

    private static bool IsConfigured(DoctorFacts facts)
    {
        if (facts.Settings.TokenCandidates.Any(t => t.Kind == TokenSourceKind.Environment))
        {
            return true;
        }

        try
        {
            return DotEnvFile.TryRead(Path.Join(facts.Project, DotEnvFile.DefaultName)) is { } file
                && AccessToken.TryParse(file.Variables.GetValueOrDefault("HF_TOKEN"), out _);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
