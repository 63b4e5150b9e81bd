using System.Text.Json;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Bench;

/// <summary>The server of a benchmark, in a process of its own: the mirror, reached directly and over a line. Ends with its standard input.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        Arguments arguments = new(args, "large", "small");
        Contents contents = new(arguments.Number("large", 1), (int)arguments.Number("small", 1));
        MemoryRepositorySource source = await contents.ToMemoryAsync();
        await using HubServer near = await HubServer.StartAsync(new HubServerOptions { Source = source });
        await using ShapedLink front = ShapedLink.Listen(Scenario.Far);
        await using ShapedLink storage = ShapedLink.Listen(Scenario.Far);
        await using HubServer far = await HubServer.StartAsync(
            new HubServerOptions { Source = source, PublicUrl = front.Address, PublicStorageUrl = storage.Address });
        front.ConnectTo(far.Endpoint);
        storage.ConnectTo(far.StorageEndpoint!);
        Console.WriteLine(JsonSerializer.Serialize(new Addresses(near.Endpoint, front.Address)));
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Where the server is reached.</summary>
    internal sealed record Addresses(Uri Near, Uri Far)
    {
        public string Of(Scenario scenario) => (scenario.Link is null ? Near : Far).AbsoluteUri.TrimEnd('/');
    }
}
