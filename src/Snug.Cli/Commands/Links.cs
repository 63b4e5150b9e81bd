namespace Snug.Cli;

/// <summary>Pages of a Hub that advice leads to.</summary>
internal static class Links
{
    /// <summary>Where tokens are made.</summary>
    public static string TokensPage(Uri endpoint) => endpoint.Host == "huggingface.co"
        ? "https://huggingface.co/settings/tokens"
        : endpoint.AbsoluteUri.TrimEnd('/') + "/settings/tokens";
}
