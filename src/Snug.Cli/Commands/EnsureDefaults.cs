namespace Snug.Cli;

/// <summary>What <c>snug ensure</c> uses when nothing is said.</summary>
internal static class EnsureDefaults
{
    /// <summary>The variable that names models.</summary>
    public const string Variable = "WHISPER_MODEL";

    /// <summary>The model when the variable is unset too.</summary>
    public const string Model = "openai/whisper-tiny";
}
