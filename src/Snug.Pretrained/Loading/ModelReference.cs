using Snug.Hub;

namespace Snug.Pretrained;

/// <summary>What the name of a model says: a repository, and for GGUF repositories which of the files.</summary>
/// <param name="Repository">The repository, with the revision and path of the name.</param>
/// <param name="Quantization">What stands behind the colon of <c>org/repo:Q4_K_M</c>, or null.</param>
internal sealed record ModelReference(RepositoryReference Repository, string? Quantization)
{
    public static ModelReference Parse(string text, Uri endpoint)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        int colon = trimmed.LastIndexOf(':');

        // A colon before the last slash belongs to a scheme or a port.
        return colon > 0 && colon > trimmed.LastIndexOf('/') && colon < trimmed.Length - 1
            ? new ModelReference(RepositoryReference.Parse(trimmed[..colon], endpoint), trimmed[(colon + 1)..])
            : new ModelReference(RepositoryReference.Parse(trimmed, endpoint), null);
    }
}
