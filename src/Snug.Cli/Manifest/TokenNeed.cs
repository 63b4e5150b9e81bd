namespace Snug.Cli;

/// <summary>What a stage's commands do with a token.</summary>
internal enum TokenNeed
{
    /// <summary>Nothing: they do not get one.</summary>
    None,

    /// <summary>They get one where there is one.</summary>
    Optional,

    /// <summary>They cannot do without; until there is one the stage waits.</summary>
    Required,
}
