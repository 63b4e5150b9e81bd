namespace Snug.Server;

/// <summary>A person that the mirror knows.</summary>
/// <param name="Name">The user name, which is also a namespace.</param>
public sealed record HubAccount(string Name)
{
    /// <summary>The name shown to people.</summary>
    public string FullName { get; init; } = Name;

    /// <summary>The electronic mail address, if any.</summary>
    public string? Email { get; init; }

    /// <summary>The organizations that the person belongs to; each is a namespace.</summary>
    public IReadOnlyList<string> Organizations { get; init; } = [];

    /// <summary>The tokens that stand for the person.</summary>
    public IReadOnlyList<HubToken> Tokens { get; init; } = [];
}
