namespace Snug.Hub;

/// <summary>Whether a repository asks its readers to agree to terms first.</summary>
public enum GatedMode
{
    /// <summary>Not gated.</summary>
    None,

    /// <summary>Gated; access is granted at once when the terms are accepted.</summary>
    Auto,

    /// <summary>Gated; the owner decides on each request.</summary>
    Manual,
}
