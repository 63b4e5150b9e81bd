namespace Snug.Hub;

/// <summary>A place that models come from. Derive from it to put another one into a <see cref="ModelCatalog"/>.</summary>
public abstract class ModelProvider
{
    /// <summary>What a catalogue shows.</summary>
    public abstract ProviderDescriptor Descriptor { get; }

    /// <summary>Whether it has something to identify itself with now. Says nothing about whether that is valid.</summary>
    public abstract bool IsAuthenticated { get; }

    /// <summary>Whether an address leads to a model of this provider.</summary>
    /// <param name="address">An absolute address.</param>
    public abstract bool Handles(Uri address);

    /// <summary>Finds out whether a model can be had, and what to do if not.</summary>
    /// <param name="model">The model's id or address, without the provider's prefix.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <exception cref="HubException">The model cannot be named so (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public abstract Task<ModelAccess> CheckAsync(string model, CancellationToken cancellationToken = default);

    /// <summary>Downloads a model: what its name says it is, a repository, a file, or a folder that counts as one file.</summary>
    /// <param name="model">The model's id or address, without the provider's prefix.</param>
    /// <param name="progress">Receives reports on the whole and on single files.</param>
    /// <param name="cancellationToken">Cancels the download; what has arrived stays for the next one.</param>
    /// <returns>The path of what was asked for.</returns>
    /// <exception cref="HubException">It cannot be had.</exception>
    public abstract Task<string> DownloadAsync(string model, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default);
}
