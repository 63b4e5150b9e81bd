namespace Snug.Hub;

/// <summary>The Hugging Face Hub, or a mirror of it, as a provider of models.</summary>
/// <param name="client">The client to ask with; it stays the caller's.</param>
public sealed class HuggingFaceProvider(HubClient client) : ModelProvider
{
    /// <inheritdoc/>
    public override ProviderDescriptor Descriptor { get; } =
        new("huggingface", "Hugging Face", "🤗", ProviderAuthentication.BearerToken, RequiresAuth: false);

    /// <inheritdoc/>
    public override bool IsAuthenticated => client.ResolveSettings().Token is not null;

    /// <inheritdoc/>
    public override bool Handles(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Scheme == "hf"
            || HubUrls.SameOrigin(address, client.ResolveSettings().Endpoint)
            || RepositoryReference.TryParse(address.OriginalString, endpoint: null, out _, out _);
    }

    /// <inheritdoc/>
    public override async Task<ModelAccess> CheckAsync(string model, CancellationToken cancellationToken = default)
    {
        RepositoryReference reference = RepositoryReference.Parse(model, client.ResolveSettings().Endpoint);
        AccessReport report = await client.CheckAccessAsync(reference.Repository, reference.Revision, cancellationToken).ConfigureAwait(false);
        return new ModelAccess(report.Repository.ToString(), report.IsReadable, !report.IsPublic, report.Code, report.Message, report.Advice);
    }

    /// <inheritdoc/>
    public override async Task<string> DownloadAsync(string model, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RepositoryReference reference = RepositoryReference.Parse(model, client.ResolveSettings().Endpoint);
        DownloadOptions options = new() { Revision = reference.Revision };
        return reference.Path is { } path
            ? await client.DownloadFileAsync(reference.Repository, path, options, progress, cancellationToken).ConfigureAwait(false)
            : (await client.DownloadSnapshotAsync(reference.Repository, options, progress, cancellationToken).ConfigureAwait(false)).Directory;
    }
}
