namespace Snug.Server;

/// <summary>Who may know of a repository, and who may have its content.</summary>
internal static class AccessPolicy
{
    /// <summary>Whether the caller may know that the repository exists.</summary>
    public static bool IsVisible(HostedRepository repository, HubCaller? caller) =>
        !repository.Settings.IsPrivate || (caller is not null && caller.IsMember(repository) && caller.TokenReads(repository.Id));

    /// <summary>Why the caller may not have the content of a repository that it may see, or <see langword="null"/>.</summary>
    public static HubError? FindContentProblem(HostedRepository repository, HubCaller? caller, string page)
    {
        RepositorySettings settings = repository.Settings;
        if (settings.Gate == RepositoryGate.None)
        {
            return null;
        }

        if (caller is null || !(caller.IsMember(repository) || settings.Granted.Contains(caller.Account.Name)))
        {
            return HubError.Gated(repository, caller, page);
        }

        // The owner has access and only the token has not: another case, with another remedy.
        return caller.TokenReadsGated(repository.Id) ? null : HubError.TokenLacksGatedPermission;
    }
}
