using Snug.Hub;

namespace Snug.Pretrained;

/// <summary>Where something was loaded from.</summary>
/// <param name="Path">The folder, or the file, on this machine.</param>
public sealed record PretrainedSource(string Path)
{
    /// <summary>The repository; null for a local folder or file.</summary>
    public RepositoryId? Repository { get; init; }

    /// <summary>The revision that was asked for; null for a local folder or file.</summary>
    public string? Revision { get; init; }

    /// <summary>The commit that it is, 40 hexadecimal digits; null for a local folder or file.</summary>
    public string? Commit { get; init; }

    /// <summary>Its files as paths inside the repository, sorted: those that loading it takes. Empty for a local folder or file.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>How many files were transferred; the others were there already.</summary>
    public int TransferredFiles { get; init; }

    /// <summary>How many bytes were received for them.</summary>
    public long TransferredBytes { get; init; }
}
