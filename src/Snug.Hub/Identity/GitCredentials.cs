namespace Snug.Hub;

/// <summary>
/// Git's credential helpers, so that <c>git clone</c> and <c>git push</c> over https know the token. It goes through git's standard input.
/// </summary>
public static class GitCredentials
{
    /// <summary>The Hub looks at the token only; this is the name that its clients send.</summary>
    private const string UserName = "hf_user";

    /// <summary>Has the configured helpers keep a token for an endpoint.</summary>
    /// <param name="endpoint">The Hub's address.</param>
    /// <param name="token">The token.</param>
    /// <returns><see langword="null"/>, or why it was not kept, with what to do.</returns>
    public static string? TryAdd(Uri endpoint, AccessToken token)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(token);
        HelperResult? helpers = HelperProgram.Run("git", ["config", "--get-urlmatch", "credential.helper", endpoint.AbsoluteUri]);
        if (helpers is null)
        {
            return "The token was not given to git: git is not installed.";
        }

        if (string.IsNullOrWhiteSpace(helpers.Output))
        {
            return "The token was not given to git: no credential helper is configured. Choose one that your system has, for example: git config --global credential.helper cache";
        }

        return Run("approve", Describe(endpoint) + $"password={token.Reveal()}\n\n") is { } problem ? $"The token was not given to git: {problem}." : null;
    }

    /// <summary>Has the configured helpers forget the token for an endpoint.</summary>
    /// <param name="endpoint">The Hub's address.</param>
    /// <returns><see langword="null"/>, or why it could not be done.</returns>
    public static string? TryRemove(Uri endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return Run("reject", Describe(endpoint) + "\n") is { } problem ? $"The token was not taken back from git: {problem}." : null;
    }

    private static string Describe(Uri endpoint) => $"url={endpoint.GetLeftPart(UriPartial.Authority)}\nusername={UserName}\n";

    private static string? Run(string action, string input) => HelperProgram.Run("git", ["credential", action], input) switch
    {
        null => "git is not installed or does not answer",
        { ExitCode: 0 } => null,
        var result => result.Complaint,
    };
}
