using System.Reflection;

namespace Snug.Cli;

/// <summary>What is running.</summary>
internal static class Versions
{
    public static string Snug { get; } =
        typeof(Versions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
