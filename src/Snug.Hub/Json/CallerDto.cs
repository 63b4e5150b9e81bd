namespace Snug.Hub;

/// <summary>The body of <c>GET /api/whoami-v2</c>, as far as a check of the connection uses it.</summary>
internal sealed record CallerDto
{
    public string? Name { get; init; }

    public AuthDto? Auth { get; init; }

    internal sealed record AuthDto
    {
        public TokenDto? AccessToken { get; init; }
    }

    internal sealed record TokenDto
    {
        public string? DisplayName { get; init; }

        public string? Role { get; init; }
    }
}
