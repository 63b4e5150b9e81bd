namespace Snug.Hub;

/// <summary>The body of <c>POST /api/models/ID/paths-info/REV</c>.</summary>
internal sealed record PathsInfoRequestDto(IReadOnlyList<string> Paths, bool Expand);
