using Snug.Server;

namespace Snug.TestKit.Tests;

/// <summary>A shaped link costs the time that its shape says. Lower bounds are exact; upper ones leave room for a busy machine.</summary>
public sealed class ShapedLinkTests
{
    private const int Size = 8_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_costs_a_round_trip_and_a_new_connection_one_more()
    {
        await using TestHub hub = await StartAsync(new LinkShape { RoundTrip = TimeSpan.FromMilliseconds(60) });
        using HttpClient client = NewClient();

        double first = await TimeAsync(() => client.GetStringAsync(new Uri(hub.Endpoint, "api/models/org/model"), Cancellation));
        double second = await TimeAsync(() => client.GetStringAsync(new Uri(hub.Endpoint, "api/models/org/model"), Cancellation));

        Assert.InRange(first, 0.119, 0.6);
        Assert.InRange(second, 0.059, 0.3);
    }

    [Fact]
    public async Task A_connection_has_its_rate_and_two_have_twice_as_much()
    {
        await using TestHub hub = await StartAsync(new LinkShape { BytesPerSecond = 20e6 });
        using HttpClient client = NewClient();
        Uri file = new(hub.Endpoint, "org/model/resolve/main/model.safetensors");

        double one = await TimeAsync(() => client.GetByteArrayAsync(file, Cancellation));
        double two = await TimeAsync(() => Task.WhenAll(client.GetByteArrayAsync(file, Cancellation), client.GetByteArrayAsync(file, Cancellation)));

        // Reading a body whole, a client gets at least what the line carries: never faster, a little slower.
        Assert.InRange(one, 0.9 * Size / 20e6, 2.5 * Size / 20e6);
        Assert.InRange(two, 0.9 * Size / 20e6, 2.5 * Size / 20e6);
    }

    [Fact]
    public async Task Signed_addresses_lead_over_the_link_and_the_bytes_are_right()
    {
        await using TestHub hub = await StartAsync(new LinkShape { RoundTrip = TimeSpan.FromMilliseconds(10), BytesPerSecond = 200e6 });
        using HttpClient client = NewClient();

        byte[] bytes = await client.GetByteArrayAsync(new Uri(hub.Endpoint, "org/model/resolve/main/model.safetensors"), Cancellation);

        Assert.Equal(Size, bytes.Length);
        RequestRecord stored = Assert.Single(hub.Requests.Snapshot(), r => r.Listener == HubListener.Storage);
        Assert.Equal(hub.StorageEndpoint!.Authority, stored.Host);
    }

    [Fact]
    public async Task A_broken_connection_is_broken_at_the_other_end_after_what_was_sent()
    {
        await using TestHub hub = await StartAsync(new LinkShape { RoundTrip = TimeSpan.FromMilliseconds(20) });
        hub.Faults.Add(new FaultRule { Fault = Fault.ResetBody(100_000), Listener = HubListener.Storage });
        using HttpClient client = NewClient();

        using HttpResponseMessage response = await client.GetAsync(
            new Uri(hub.Endpoint, "org/model/resolve/main/model.safetensors"), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response);

        Assert.Equal(100_000, bytes.Length);
        Assert.IsType<IOException>(problem, exactMatch: false);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_request_at_the_server()
    {
        await using TestHub hub = await StartAsync(new LinkShape { RoundTrip = TimeSpan.FromMilliseconds(4), BytesPerSecond = 1e6 });
        using (HttpClient client = NewClient())
        {
            using HttpResponseMessage response = await client.GetAsync(
                new Uri(hub.Endpoint, "org/model/resolve/main/model.safetensors"), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        }

        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        await hub.Requests.SettleAsync(patience.Token);
        Assert.False(hub.Requests.Snapshot()[^1].IsWhole);
    }

    [Fact]
    public async Task A_port_that_refuses_refuses()
    {
        using HttpClient client = NewClient();

        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(Ports.Refusing(), Cancellation));

        Assert.Equal(HttpRequestError.ConnectionError, e.HttpRequestError);
    }

    private static async Task<TestHub> StartAsync(LinkShape link)
    {
        MemoryRepositorySource source = new();
        await SyntheticRepositories.AddLargeAsync(source, "org/model", Size);
        TestHub hub = await TestHub.StartAsync(source, link, cancellationToken: Cancellation);

        // The first request compiles the server; times are taken of the next ones.
        using HttpClient client = NewClient();
        await client.GetStringAsync(new Uri(hub.Endpoint, "api/models/org/model"), Cancellation);
        hub.Requests.Clear();
        return hub;
    }

    private static HttpClient NewClient() => new(new SocketsHttpHandler { UseProxy = false });

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        long started = TimeProvider.System.GetTimestamp();
        await action();
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }
}
