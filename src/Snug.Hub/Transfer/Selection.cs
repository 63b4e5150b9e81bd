namespace Snug.Hub;

/// <summary>The files of a commit that a download is about, checked to be usable on this system.</summary>
internal sealed class Selection
{
    public Selection(RepositoryId id, string commit, IReadOnlyList<RepositoryFile> listing, DownloadOptions options, string? folder)
    {
        Commit = commit;
        Listing = listing;
        FilePatterns patterns = new(options.Include, options.Exclude);
        string? prefix = folder is null ? null : folder + "/";
        Files = [.. listing.Where(f => (prefix is null || f.Path.StartsWith(prefix, StringComparison.Ordinal)) && patterns.Selects(f.Path))];
        foreach (RepositoryFile file in Files)
        {
            RepositoryPath.Validate(id, file.Path);
        }

        bool ignoreCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
        if (RepositoryPath.FindCollision(Files.Select(f => f.Path), ignoreCase) is { } collision)
        {
            throw HubException.InvalidPath(id, collision.Second, $"it would take the place of '{collision.First}'");
        }

        if (folder is not null && Files.Count == 0 && !Listing.Any(f => f.Path.StartsWith(prefix!, StringComparison.Ordinal)))
        {
            throw new HubException(HubErrorKind.EntryNotFound, $"{id} has no folder '{folder}' at revision '{options.Revision ?? Revisions.Default}'.")
            {
                Repository = id,
                Revision = options.Revision ?? Revisions.Default,
                File = folder,
                Advice = [$"Run 'snug files {id}' to see the files."],
            };
        }
    }

    /// <summary>For one file whose size and etag are known.</summary>
    public Selection(string commit, RepositoryFile file)
    {
        Commit = commit;
        Listing = Files = [file];
    }

    public string Commit { get; }

    /// <summary>All files that were listed.</summary>
    public IReadOnlyList<RepositoryFile> Listing { get; }

    /// <summary>The files selected.</summary>
    public IReadOnlyList<RepositoryFile> Files { get; }

    /// <summary>Whether the listing is that of the whole commit and has just come from the Hub.</summary>
    public bool IsWholeListing { get; init; }
}
