namespace Snug.Hub;

/// <summary>The problems a scan reports, in words.</summary>
internal static class CacheProblems
{
    private const string Repair = "Verify the cache with repair; the next download fetches the file again.";

    public static CacheProblem Unreadable(string path, RepositoryId? repository, Exception reason) => new(
        CacheProblemKind.Unreadable, path, $"'{path}' cannot be read: {reason.Message}", "Check its permissions and owner.")
    {
        Repository = repository,
    };

    public static CacheProblem BrokenLink(string path, string target, RepositoryId repository) => new(
        CacheProblemKind.BrokenLink, path, $"'{path}' points at '{target}', which is missing, so the file is not available.", Repair)
    {
        Repository = repository,
    };

    public static CacheProblem LinkOutside(string path, string target, RepositoryId repository) => new(
        CacheProblemKind.LinkOutside, path, $"'{path}' points at '{target}', which is no blob of {repository}; nobody vouches for its content.",
        "Nothing to do if you made the link; verifying the cache checks what the repository's stored listing tells about the file.")
    {
        Repository = repository,
    };

    public static CacheProblem LinkedFolder(string path, RepositoryId repository) => new(
        CacheProblemKind.LinkedFolder, path, $"'{path}' is a link to another place; what lies there is used but never removed from here.",
        "Nothing to do if you made the link; to remove the content, remove it where it lies.")
    {
        Repository = repository,
    };

    public static CacheProblem DanglingRef(string path, string name, string commit, RepositoryId repository) => new(
        CacheProblemKind.DanglingRef, path, $"The ref '{name}' of {repository} names the commit {commit}, of which nothing is cached.",
        "Download the revision, or verify the cache with repair to drop the ref.")
    {
        Repository = repository,
    };

    public static CacheProblem InvalidRef(string path, string name, RepositoryId repository) => new(
        CacheProblemKind.InvalidRef, path, $"The ref '{name}' of {repository} does not hold a commit id.",
        "Download the revision, or verify the cache with repair to drop the ref.")
    {
        Repository = repository,
    };

    public static CacheProblem Foreign(string path, RepositoryId? repository = null) => new(
        CacheProblemKind.ForeignEntry, path, $"'{path}' is not part of the cache's layout; it is not counted, and goes only when its whole repository is removed.",
        "Move it elsewhere if it is yours; a newer client may also have put it there.")
    {
        Repository = repository,
    };

    public static CacheProblem NotAFolder(string path, RepositoryId repository) => new(
        CacheProblemKind.ForeignEntry, path, $"'{path}' is a file where the folder of {repository} should be.",
        "Remove it, or move it elsewhere if it is yours.")
    {
        Repository = repository,
    };

    public static CacheProblem StrayJournal(string path, RepositoryId repository) => new(
        CacheProblemKind.StrayJournal, path, $"'{path}' is the journal of a download whose partial file is gone.",
        "Prune the cache to remove it.")
    {
        Repository = repository,
    };

    public static CacheProblem WrongContent(string path, RepositoryId repository) => new(
        CacheProblemKind.WrongContent, path, $"'{path}' does not hold the bytes that {repository} has under this name.", Repair)
    {
        Repository = repository,
    };

    /// <summary>Whether a repair mends problems of a kind.</summary>
    public static bool IsRepairable(CacheProblemKind kind) =>
        kind is CacheProblemKind.BrokenLink or CacheProblemKind.DanglingRef or CacheProblemKind.InvalidRef or CacheProblemKind.StrayJournal
            or CacheProblemKind.WrongContent;

    public static CacheProblem NotRemoved(string path, RepositoryId? repository, string reason) => new(
        CacheProblemKind.NotRemoved, path, $"'{path}' was not removed: {reason}", "Check its permissions and owner, and whether a program has it open.")
    {
        Repository = repository,
    };
}
