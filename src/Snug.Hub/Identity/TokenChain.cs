namespace Snug.Hub;

/// <summary>
/// Finds the token: explicit option, environment, <c>.env</c>, token file, keychain. An endpoint that only a <c>.env</c> names is sent a
/// token that stands in the same file, and no other.
/// </summary>
internal sealed class TokenChain
{
    private TokenChain(TokenCandidate? inForce, IReadOnlyList<TokenCandidate> candidates)
    {
        InForce = inForce;
        Candidates = candidates;
    }

    /// <summary>The token to send, if any.</summary>
    public TokenCandidate? InForce { get; }

    /// <summary>Every token that was found, in the order of the chain. Later sources are not asked where asking costs.</summary>
    public IReadOnlyList<TokenCandidate> Candidates { get; }

    /// <summary>Goes through the chain.</summary>
    /// <param name="options">The options.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="tokenPath">The token file.</param>
    /// <param name="untrustedEndpoint">The endpoint when nobody but a <c>.env</c> names it.</param>
    /// <param name="warnings">Receives what the user should know.</param>
    /// <exception cref="HubException">The explicit token must not go to the endpoint.</exception>
    public static TokenChain Resolve(
        HubClientOptions options, VariableReader variables, string tokenPath, Uri? untrustedEndpoint, List<string> warnings)
    {
        List<TokenCandidate> inDotEnv = FindVariables(variables.FindInDotEnv, warnings);
        if (options.Token is { } explicitToken)
        {
            if (untrustedEndpoint is not null && inDotEnv.All(t => t.Token != explicitToken))
            {
                throw ExplicitTokenWithheld(untrustedEndpoint);
            }

            TokenCandidate option = new(TokenSourceKind.Option, "option", explicitToken);
            return new TokenChain(option, [option]);
        }

        if (!(options.UseImplicitToken ?? !variables.ReadFlag("HF_HUB_DISABLE_IMPLICIT_TOKEN").Value))
        {
            return new TokenChain(null, []);
        }

        List<TokenCandidate> all = [.. FindVariables(variables.FindInEnvironment, warnings), .. inDotEnv];
        if (TokenFile.TryRead(tokenPath, warnings) is { } stored)
        {
            all.Add(new TokenCandidate(TokenSourceKind.File, tokenPath, stored));
        }

        if (all.Count == 0 && FindInKeychain(options, variables, tokenPath, warnings) is { } secret)
        {
            all.Add(secret);
        }

        TokenCandidate? winner = (untrustedEndpoint is null ? all : inDotEnv).FirstOrDefault();
        if (untrustedEndpoint is not null && all.FirstOrDefault() is { } first && first.Token != winner?.Token)
        {
            warnings.Add(
                $"The endpoint {untrustedEndpoint.GetLeftPart(UriPartial.Authority)} comes from {DotEnvFile.DefaultName}, so the token from {first.Source} is not sent there. "
                + "If you trust the endpoint, set HF_ENDPOINT in the environment.");
        }
        else if (winner is not null && all.Find(t => t.Token != winner.Token) is { } other)
        {
            warnings.Add(
                $"{winner.Source} and {other.Source} hold different tokens ({winner.Token.Masked} and {other.Token.Masked}); the one from {winner.Source} is used.");
        }

        return new TokenChain(winner, all);
    }

    private static List<TokenCandidate> FindVariables(Func<string, Variable?> find, List<string> warnings)
    {
        List<TokenCandidate> found = [];
        foreach (string name in VariableReader.Tokens)
        {
            if (find(name) is not { } variable)
            {
                continue;
            }

            if (AccessToken.TryParse(variable.Value, out AccessToken? token))
            {
                found.Add(new TokenCandidate(variable.IsFromDotEnv ? TokenSourceKind.DotEnv : TokenSourceKind.Environment, variable.Source, token));
            }
            else
            {
                warnings.Add($"{variable.Source} is set, but what it holds cannot be a token; it is passed over.");
            }
        }

        return found;
    }

    private static TokenCandidate? FindInKeychain(HubClientOptions options, VariableReader variables, string tokenPath, List<string> warnings)
    {
        // Asking costs a process or a dialogue, so it is asked only after a login has put something there, or on request.
        KeychainNote note = new(tokenPath);
        bool? wish = variables.FindInEnvironment("SNUG_KEYCHAIN") is { } variable ? VariableReader.IsOn(variable.Value) : null;
        if (!(wish ?? (options.Keychain is not null || note.Exists)))
        {
            return null;
        }

        Keychain keychain = options.Keychain ?? Keychain.System;
        try
        {
            return keychain.Read(note.Stamp) is { } token ? new TokenCandidate(TokenSourceKind.Keychain, $"keychain ({keychain.Name})", token) : null;
        }
        catch (HubException e)
        {
            // A locked keychain must not stop the download of a public model.
            warnings.Add(e.Message);
            return null;
        }
    }

    private static HubException ExplicitTokenWithheld(Uri endpoint) =>
        new(HubErrorKind.InvalidRequest,
            $"The endpoint {endpoint.GetLeftPart(UriPartial.Authority)} comes from {DotEnvFile.DefaultName}, so the given token is not sent there.")
        {
            Advice =
            [
                "If you trust the endpoint, set HF_ENDPOINT in the environment, or give it as an option.",
                $"If you do not, remove HF_ENDPOINT from {DotEnvFile.DefaultName}, or set SNUG_DISABLE_DOTENV=1.",
            ],
        };
}
