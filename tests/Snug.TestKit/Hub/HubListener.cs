namespace Snug.TestKit;

/// <summary>The two listeners of a hub.</summary>
public enum HubListener
{
    /// <summary>The Hub itself: its API and small files.</summary>
    Endpoint,

    /// <summary>The storage of large files.</summary>
    Storage,
}
