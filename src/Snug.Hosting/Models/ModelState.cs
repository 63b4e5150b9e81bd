namespace Snug.Hosting;

/// <summary>How far a model is.</summary>
public enum ModelState
{
    /// <summary>Nothing has happened yet: it is lazy and nobody has asked, or its turn has not come.</summary>
    Pending,

    /// <summary>It is being checked, downloaded and verified.</summary>
    Downloading,

    /// <summary>All its files are present and verified.</summary>
    Ready,

    /// <summary>It could not be had. It is tried again later, by itself or when it is asked for.</summary>
    Failed,
}
