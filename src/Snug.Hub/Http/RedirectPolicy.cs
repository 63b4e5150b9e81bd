namespace Snug.Hub;

/// <summary>How far a request may be redirected.</summary>
internal enum RedirectPolicy
{
    /// <summary>API calls: within the endpoint's origin only (renamed repositories); anything else is an error.</summary>
    WithinEndpoint,

    /// <summary>Metadata calls: within the endpoint's origin; a redirect to another origin is the answer, its headers hold the metadata.</summary>
    StopAtOtherOrigin,

    /// <summary>File content: anywhere, the token staying behind when the origin changes.</summary>
    Anywhere,
}
