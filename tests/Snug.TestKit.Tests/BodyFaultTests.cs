using System.IO.Compression;
using System.Net;

namespace Snug.TestKit.Tests;

/// <summary>Each fault of a body does what its name says, seen by a plain client.</summary>
public sealed class BodyFaultTests(FaultyHub faulty) : IClassFixture<FaultyHub>, IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private TestHub Hub => faulty.Hub;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Hub.Faults.Clear();
        Hub.Requests.Clear();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task A_stalled_body_delivers_what_comes_before_the_stall_and_stays_open(int after)
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.StallBody(after), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large);
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response, Short);

        Assert.Equal(FaultyHub.LargeSize, response.Content.Headers.ContentLength);
        Assert.Equal(faulty.LargeContent[..after], bytes);
        Assert.IsType<OperationCanceledException>(problem, exactMatch: false);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task A_reset_body_breaks_after_exactly_the_bytes_named(int at)
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.ResetBody(at), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large);
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response);

        Assert.Equal(faulty.LargeContent[..at], bytes);
        System.Net.Sockets.SocketException reset = Assert.IsType<System.Net.Sockets.SocketException>(Innermost(problem));
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task A_truncated_body_ends_early_without_a_reset(int at)
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.TruncateBody(at), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large);
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response);

        Assert.Equal(FaultyHub.LargeSize, response.Content.Headers.ContentLength);
        Assert.Equal(faulty.LargeContent[..at], bytes);
        Assert.Equal(HttpRequestError.ResponseEnded, Assert.IsType<HttpIOException>(problem).HttpRequestError);
    }

    [Fact]
    public async Task A_truncated_body_in_chunks_lacks_its_end()
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.All(Fault.NoLength(), Fault.TruncateBody(100)), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large);
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response);

        Assert.Equal(faulty.LargeContent[..100], bytes);
        Assert.Equal(HttpRequestError.ResponseEnded, Assert.IsType<HttpIOException>(problem).HttpRequestError);
    }

    [Fact]
    public async Task A_trickle_keeps_its_rate()
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.Trickle(20_000, after: 100_000), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large);
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response, TimeSpan.FromSeconds(1));

        // After a second: what came at full speed, and about a second's worth; a busy machine may give less, never more.
        Assert.IsType<OperationCanceledException>(problem, exactMatch: false);
        Assert.InRange(bytes.Length, 102_000, 124_000);
        Assert.Equal(faulty.LargeContent[..bytes.Length], bytes);
    }

    [Fact]
    public async Task A_wrong_byte_is_the_only_difference()
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.FlipByte(500_000), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large);
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response);

        Assert.Null(problem);
        Assert.Equal([500_000], Enumerable.Range(0, FaultyHub.LargeSize).Where(i => bytes[i] != faulty.LargeContent[i]));
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    public async Task A_wrong_length_is_announced_and_sent(int difference)
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.WrongLength(difference), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large);
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response);

        Assert.Null(problem);
        Assert.Equal(FaultyHub.LargeSize + difference, response.Content.Headers.ContentLength);
        Assert.Equal(FaultyHub.LargeSize + difference, bytes.Length);
        Assert.Equal(faulty.LargeContent.AsSpan(0, FaultyHub.LargeSize - 10), bytes.AsSpan(0, FaultyHub.LargeSize - 10));
    }

    [Fact]
    public async Task A_body_without_length_comes_in_chunks()
    {
        Hub.Faults.Add("*/config.json", Fault.NoLength());

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Small);
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response);

        Assert.Null(problem);
        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal(FaultyHub.SmallSize, bytes.Length);
    }

    [Fact]
    public async Task A_compressed_body_unpacks_to_the_content()
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.Compress(), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large);
        (byte[] bytes, _) = await FaultyHub.ReadAsync(response);
        await using GZipStream unpacked = new(new MemoryStream(bytes), CompressionMode.Decompress);
        using MemoryStream content = new();
        await unpacked.CopyToAsync(content, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Null(response.Content.Headers.ContentLength);
        Assert.Equal(faulty.LargeContent, content.ToArray());
    }

    [Fact]
    public async Task Two_faults_happen_to_the_same_answer()
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.All(Fault.IgnoreRange(), Fault.TruncateBody(100)), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large, (1000, 1999));
        (byte[] bytes, Exception? problem) = await FaultyHub.ReadAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(faulty.LargeContent[..100], bytes);
        Assert.NotNull(problem);
    }

    private static Exception? Innermost(Exception? e)
    {
        while (e?.InnerException is { } inner)
        {
            e = inner;
        }

        return e;
    }
}
