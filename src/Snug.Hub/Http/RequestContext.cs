namespace Snug.Hub;

/// <summary>What a request is about, for errors and logs.</summary>
internal sealed record RequestContext(string Action, RepositoryId? Repository = null, string? Revision = null, string? File = null)
{
    /// <summary>The subject in words: <c>model.bin of org/name at main</c>.</summary>
    public string Subject => (File, Repository, Revision) switch
    {
        ({ } file, { } repository, { } revision) => $"{file} of {repository} at {revision}",
        ({ } file, { } repository, null) => $"{file} of {repository}",
        (null, { } repository, { } revision) => $"{repository} at {revision}",
        (null, { } repository, null) => repository.ToString(),
        _ => "the Hub",
    };
}
