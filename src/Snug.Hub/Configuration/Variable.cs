namespace Snug.Hub;

/// <summary>The value of a variable and where it stands.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Value">Its value, trimmed.</param>
/// <param name="IsFromDotEnv">Whether it comes from a <c>.env</c> file rather than the environment.</param>
internal sealed record Variable(string Name, string Value, bool IsFromDotEnv)
{
    /// <summary>The source as it is shown.</summary>
    public string Source => IsFromDotEnv ? $"{Name} in {DotEnvFile.DefaultName}" : Name;
}
