using Snug.Hub;

namespace Snug.Hosting;

/// <summary>The models of the application: whether they are ready, and where their files are. Safe for concurrent use.</summary>
public interface IModelDirectory
{
    /// <summary>All models in the order of their registration, as they are at this moment.</summary>
    IReadOnlyList<ModelStatus> Models { get; }

    /// <summary>How far a model is.</summary>
    /// <param name="model">Its name, or its repository.</param>
    /// <exception cref="ArgumentException">No such model was added.</exception>
    ModelStatus GetStatus(string model);

    /// <summary>The folder that holds the files of a model that is ready.</summary>
    /// <param name="model">Its name, or its repository.</param>
    /// <exception cref="ArgumentException">No such model was added.</exception>
    /// <exception cref="InvalidOperationException">It is not ready.</exception>
    string GetPath(string model);

    /// <summary>
    /// Waits until a model is ready, and begins with a lazy one. A failure is thrown at once until its delay has passed
    /// (<see cref="SnugOptions.RetryDelay"/>); then this call tries again.
    /// </summary>
    /// <param name="model">Its name, or its repository.</param>
    /// <param name="cancellationToken">Ends the wait; the download goes on for others.</param>
    /// <exception cref="ArgumentException">No such model was added.</exception>
    /// <exception cref="HubException">It could not be had.</exception>
    Task<CachedSnapshot> GetAsync(string model, CancellationToken cancellationToken = default);
}
