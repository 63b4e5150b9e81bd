namespace Snug.Cli;

/// <summary>What people are told of authentication wherever they decide about it.</summary>
internal static class AuthenticationText
{
    /// <summary>That it is optional, and the four things that it is good for.</summary>
    public const string Optional =
        "Authentication is optional: public models need none. A token brings higher rate limits, faster downloads (priority), private models and gated ones "
        + "whose terms you have accepted, and usage that you can see ('snug usage', and the Hub's statistics for your account).";
}
