using Snug.Hub;

namespace Snug.Server;

/// <summary>Who asks, and with which token.</summary>
internal sealed record HubCaller(HubAccount Account, HubToken Token)
{
    private const string ReadPermission = "repo.content.read";
    private const string WritePermission = "repo.write";

    public bool IsMember(HostedRepository repository) =>
        repository.Id.Namespace is { } space && (space == Account.Name || Account.Organizations.Contains(space, StringComparer.Ordinal))
        || repository.Settings.Members.Contains(Account.Name);

    /// <summary>Whether the token, not its owner, allows reading a private repository.</summary>
    public bool TokenReads(RepositoryId repository) => Token.Role != HubTokenRole.FineGrained || HasScope(repository, ReadPermission) || HasScope(repository, WritePermission);

    /// <summary>Whether the token, not its owner, allows reading a gated repository.</summary>
    public bool TokenReadsGated(RepositoryId repository) => Token.CanReadGatedRepositories || TokenReads(repository);

    public bool TokenWrites(RepositoryId repository) => Token.Role switch
    {
        HubTokenRole.Write => true,
        HubTokenRole.FineGrained => HasScope(repository, WritePermission),
        _ => false,
    };

    private bool HasScope(RepositoryId repository, string permission)
    {
        foreach (HubTokenScope scope in Token.Scopes)
        {
            bool covers = scope.EntityType is "user" or "org"
                ? scope.Entity == repository.Namespace
                : scope.Entity == repository.UrlPath;
            if (covers && scope.Permissions.Contains(permission, StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
