using System.Reflection;

namespace Snug.TestKit;

/// <summary>Where things are in the checkout that the tests were built from.</summary>
public static class Checkout
{
    /// <summary>The root.</summary>
    public static string Root { get; } = Path.GetFullPath(
        typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    /// <summary>The demonstration repositories.</summary>
    public static string Samples { get; } = Path.Join(Root, "samples", "repositories");
}
