using Snug.Hub;

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

    /// <summary>The name of a kind of source in JSON.</summary>
    public static string? NameOf(TokenSourceKind? kind) => kind switch
    {
        null => null,
        TokenSourceKind.Option => "option",
        TokenSourceKind.Environment => "environment",
        TokenSourceKind.DotEnv => "dotenv",
        TokenSourceKind.Keychain => "keychain",
        _ => "file",
    };

    private static DoctorCheck Token(DoctorFacts facts)
    {
        if (facts.Settings is { Token: { } token, TokenSource: var source, TokenSourceKind: var kind })
        {
            string? from = kind switch
            {
                TokenSourceKind.Option => "the command line",
                TokenSourceKind.Environment => $"the environment variable {source}",
                _ => source,
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
        { Identity: { } identity } => DoctorCheck.Ok(
            "account", "account",
            $"{Text.Printable(identity.Name)}{(identity.Token.Name is { } name ? $", token '{Text.Printable(name)}'" : "")}, role {IdentityView.NameOf(identity.Token.Role)}."),
        { IsReachable: true } => DoctorCheck.Skipped("account", "account", "The endpoint does not tell whom the token stands for."),
        _ => DoctorCheck.Skipped("account", "account", "Not known: the endpoint cannot be reached."),
    };
}
