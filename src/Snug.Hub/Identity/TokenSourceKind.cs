namespace Snug.Hub;

/// <summary>Where a token was found, in order of preference.</summary>
public enum TokenSourceKind
{
    /// <summary>Given in code or on the command line.</summary>
    Option,

    /// <summary>A variable of the environment.</summary>
    Environment,

    /// <summary>A variable of a <c>.env</c> file.</summary>
    DotEnv,

    /// <summary>The token file.</summary>
    File,

    /// <summary>The system's keychain.</summary>
    Keychain,
}
