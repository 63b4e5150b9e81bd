using System.Diagnostics;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>What a program is given to find the same Hub, token and cache as this one.</summary>
internal static class ChildEnvironment
{
    private const string DefaultHost = "huggingface.co";

    /// <summary>Sets the variables of a program that is about to be started.</summary>
    /// <param name="start">The program.</param>
    /// <param name="settings">The settings that it shall have.</param>
    /// <param name="withToken">Whether it gets the token; else no token variable is left in its environment.</param>
    public static void Apply(ProcessStartInfo start, HubSettings settings, bool withToken)
    {
        // The token in force and no other: one that is not for this endpoint must not come along by inheritance.
        AccessToken.SetVariables(start.Environment, withToken ? settings.Token : null);
        start.Environment["HF_HOME"] = settings.HomeDirectory;

        // Also where it is the default of that home: an inherited variable may name another folder.
        start.Environment["HF_HUB_CACHE"] = settings.CacheDirectory;

        if (settings.Endpoint.Host != DefaultHost)
        {
            start.Environment["HF_ENDPOINT"] = settings.Endpoint.AbsoluteUri.TrimEnd('/');
        }

        if (settings.Offline)
        {
            start.Environment["HF_HUB_OFFLINE"] = "1";
        }
    }
}
