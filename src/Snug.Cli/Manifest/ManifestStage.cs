namespace Snug.Cli;

/// <summary>A step of a project's set-up.</summary>
internal sealed record ManifestStage
{
    /// <summary>Its name, by which what is done is remembered.</summary>
    public required string Name { get; init; }

    /// <summary>What people read.</summary>
    public required string Title { get; init; }

    /// <summary>Its command lines for the shell of this system, in order.</summary>
    public required IReadOnlyList<string> Commands { get; init; }

    /// <summary>Whether its commands need a token.</summary>
    public required TokenNeed Token { get; init; }

    /// <summary>Files that it reads, relative to the project: when they change, it runs again.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Files and folders that it makes, relative to the project: when one is missing, it runs again.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>The models that its commands need, which are fetched before they run.</summary>
    public IReadOnlyList<ManifestModel> Models { get; init; } = [];
}
