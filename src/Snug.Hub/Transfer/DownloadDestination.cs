namespace Snug.Hub;

/// <summary>Where the files of one commit go: the cache, or a folder of the user's.</summary>
internal abstract class DownloadDestination(RepositoryId repository, string commit)
{
    public RepositoryId Repository { get; } = repository;

    public string Commit { get; } = commit;

    /// <summary>The folder in which the files stand under their names.</summary>
    public abstract string Root { get; }

    /// <summary>The folder whose disk receives the bytes.</summary>
    public abstract string Volume { get; }

    /// <summary>Creates the folders that must be there before the first transfer.</summary>
    public abstract void Prepare();

    /// <summary>Files with the same key share one content and one transfer.</summary>
    public abstract string ContentKey(RepositoryFile file);

    /// <summary>What is there of a file.</summary>
    public abstract ContentState StateOf(RepositoryFile file);

    /// <summary>The transfer that brings a file's content.</summary>
    public abstract TransferItem ItemFor(RepositoryFile file);

    /// <summary>Lets a content that is there appear under the names of its files.</summary>
    /// <param name="files">The selected files with this content.</param>
    /// <param name="isNew">Whether it was transferred just now.</param>
    public abstract void Publish(IReadOnlyList<RepositoryFile> files, bool isNew);

    /// <summary>Takes note of files that stand already.</summary>
    public abstract void Keep(IReadOnlyList<RepositoryFile> files);

    /// <summary>Called once when everything is published.</summary>
    /// <param name="revision">The revision that was asked for.</param>
    public abstract void Finish(string revision);
}
