namespace Snug.Cli;

/// <summary>The token, where it came from, and whom it stands for.</summary>
internal static class AuthenticationChecks
{
    private const string Example = "meta-llama/Llama-3.2-1B";

    public static IEnumerable<DoctorCheck> Run(DoctorFacts facts)
    {
        yield return Token(facts);
        if (facts.Settings.Token is not null)
        {
            yield return Account(facts);
        }
    }

    /// <summary>Where a token's source is: <c>option</c>, <c>environment</c>, <c>file</c> or <c>keychain</c>.</summary>
    public static string? KindOf(string? source) => source switch
    {
        null => null,
        "option" => "option",
        _ when source.Contains("keychain", StringComparison.OrdinalIgnoreCase) => "keychain",
        _ when source.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_') => "environment",
        _ => "file",
    };

    private static DoctorCheck Token(DoctorFacts facts)
    {
        if (facts.Settings is { Token: { } token, TokenSource: var source })
        {
            string from = KindOf(source) switch
            {
                "option" => "the command line",
                "environment" => $"the environment variable {source}",
                _ => source ?? "an unknown place",
            };
            return DoctorCheck.Ok("token", "token", $"HuggingFace token configured: {token.Masked} from {from}.");
        }

        string example = facts.FirstGated?.Repository.ToString() ?? Example;
        return DoctorCheck.Warning(
            "token",
            "token",
            $"HuggingFace authentication is not configured (HF_TOKEN not provided); some models, such as {example}, need it.",
            $"Get a token with read permission: {facts.TokensPage}",
            "Run 'snug login' and paste it; or set the variable: export HF_TOKEN=hf_...") with
        {
            Code = "token_required",
        };
    }

    private static DoctorCheck Account(DoctorFacts facts) => facts.Connection switch
    {
        null => DoctorCheck.Skipped("account", "account", "Not asked: offline mode is on."),
        { TokenProblem: not null } refused => DoctorCheck.Failed("account", "account", refused.Message!, ExitCodes.Token, refused.Advice) with
        {
            Code = "invalid_token",
        },
        { Account: { } account } known => DoctorCheck.Ok(
            "account", "account", $"{account}{(known.TokenName is { } name ? $", token '{Text.Printable(name)}'" : "")}{(known.TokenRole is { } role ? $", role {role}" : "")}."),
        { IsReachable: true } => DoctorCheck.Skipped("account", "account", "The endpoint does not tell whom the token stands for."),
        _ => DoctorCheck.Skipped("account", "account", "Not known: the endpoint cannot be reached."),
    };
}
