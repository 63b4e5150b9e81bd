namespace Snug.Hub;

/// <summary>One entry of a <c>tree</c> or <c>paths-info</c> answer.</summary>
internal sealed record TreeEntryDto
{
    public string? Type { get; init; }

    public string? Path { get; init; }

    public string? Oid { get; init; }

    public long? Size { get; init; }

    public LfsDto? Lfs { get; init; }

    public string? XetHash { get; init; }

    /// <summary>The file, or <see langword="null"/> for folders and for entries too damaged to use.</summary>
    public RepositoryFile? ToFile()
    {
        if (Type is not "file" || Path is null || Oid is null || (Lfs?.Size ?? Size) is not { } size || size < 0)
        {
            return null;
        }

        string? sha256 = Lfs?.Oid is { } oid && Hashes.IsSha256(oid) ? oid : null;
        return Hashes.IsGitBlob(Oid) ? new RepositoryFile(Path, size, Oid, sha256, XetHash is { } x && Hashes.IsSha256(x) ? x : null) : null;
    }

    internal sealed record LfsDto
    {
        public string? Oid { get; init; }

        public long? Size { get; init; }
    }
}
