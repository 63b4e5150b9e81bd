namespace Snug.Hub;

/// <summary>The body of <c>GET /api/models/ID/refs</c>.</summary>
internal sealed record RefsDto
{
    public List<RefDto>? Branches { get; init; }

    public List<RefDto>? Tags { get; init; }

    public List<RefDto>? Converts { get; init; }

    public List<RefDto>? PullRequests { get; init; }

    public RepositoryRefs ToRefs() => new(ToList(Branches), ToList(Tags), ToList(Converts), ToList(PullRequests));

    private static List<RepositoryRef> ToList(List<RefDto>? refs) =>
        [.. (refs ?? []).Where(r => r is { Name: not null, TargetCommit: not null })
            .Select(r => new RepositoryRef(r.Name!, r.Ref ?? r.Name!, r.TargetCommit!))];

    internal sealed record RefDto
    {
        public string? Name { get; init; }

        public string? Ref { get; init; }

        public string? TargetCommit { get; init; }
    }
}
