using Snug.Hub;
using Snug.TestKit;

namespace Snug.Bench;

/// <summary>A row of the table: what is downloaded over which line.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Repository">What is downloaded.</param>
/// <param name="Link">The line, or <see langword="null"/> for plain loopback.</param>
internal sealed record Scenario(string Name, RepositoryId Repository, LinkShape? Link)
{
    /// <summary>A good line to a far server: 50 ms for a round trip, 40 MB/s for each connection.</summary>
    public static readonly LinkShape Far = new() { RoundTrip = TimeSpan.FromMilliseconds(50), BytesPerSecond = 40e6 };

    public static readonly Scenario[] All =
    [
        new("large", Contents.Large, null),
        new("many", Contents.Many, null),
        new("large-far", Contents.Large, Far),
        new("many-far", Contents.Many, Far),
    ];

    public string Describe(Contents contents) =>
        (Repository == Contents.Large ? $"one file of {contents.LargeSize / 1e6:0.#} MB" : $"{contents.SmallCount} files of {Contents.SmallSize} bytes")
        + (Link is null ? ", loopback" : $", {Link.RoundTrip.TotalMilliseconds:0} ms round trip and {Link.BytesPerSecond / 1e6:0} MB/s per connection");
}
