namespace Snug.Server;

/// <summary>A token that the mirror accepts.</summary>
public sealed class HubToken
{
    private const string Prefix = "hf_";
    private const int ShortestSecret = 34;
    private const int LongestSecret = 253;

    /// <summary>Describes a token.</summary>
    /// <param name="text">The secret: <c>hf_</c> and 34 to 253 letters or digits. Real clients drop or refuse any other form.</param>
    /// <param name="name">The name its owner gave it.</param>
    /// <exception cref="ArgumentException">The secret has another form.</exception>
    public HubToken(string text, string name)
    {
        if (!IsWellFormed(text))
        {
            // The text is a secret: it must not appear in the message.
            throw new ArgumentException($"The token '{name}' must be '{Prefix}' followed by {ShortestSecret} to {LongestSecret} letters or digits.", nameof(text));
        }

        Text = text;
        Name = name;
    }

    /// <summary>The name its owner gave it.</summary>
    public string Name { get; }

    /// <summary>What it may do.</summary>
    public HubTokenRole Role { get; init; } = HubTokenRole.Read;

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When it stops working, if ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether a fine-grained token opens the gated repositories that its owner can open.</summary>
    public bool CanReadGatedRepositories { get; init; }

    /// <summary>The scopes of a fine-grained token.</summary>
    public IReadOnlyList<HubTokenScope> Scopes { get; init; } = [];

    internal string Text { get; }

    /// <summary>The name and role, never the secret.</summary>
    public override string ToString() => $"{Name} ({Role})";

    internal static bool IsWellFormed(string? text) =>
        text is not null
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.Length - Prefix.Length is >= ShortestSecret and <= LongestSecret
        && text.AsSpan(Prefix.Length).IndexOfAnyExcept(TokenCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> TokenCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
}
