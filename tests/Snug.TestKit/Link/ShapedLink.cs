using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Snug.TestKit;

/// <summary>
/// A TCP port that leads to another one over a line of a given shape. It works on bytes, so that every client and every program is
/// held to the same line.
/// </summary>
public sealed class ShapedLink : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly LinkShape _shape;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<int, Task> _connections = new();
    private readonly TaskCompletionSource<IPEndPoint> _target = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private int _accepted;
    private long _bytesToClients;

    private ShapedLink(Socket listener, LinkShape shape)
    {
        _listener = listener;
        _shape = shape;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}"));
        _accepting = AcceptAsync();
    }

    /// <summary>The near end.</summary>
    public Uri Address { get; }

    /// <summary>How many connections there have been.</summary>
    public int Connections => Volatile.Read(ref _accepted);

    /// <summary>Bytes given to the clients' connections, heads included.</summary>
    public long BytesToClients => Interlocked.Read(ref _bytesToClients);

    /// <summary>Opens the near end on a free port; connections wait until the far end is known.</summary>
    public static ShapedLink Listen(LinkShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        return new ShapedLink(listener, shape);
    }

    /// <summary>Opens a link to a server on this machine.</summary>
    public static ShapedLink To(Uri server, LinkShape shape)
    {
        ShapedLink link = Listen(shape);
        link.ConnectTo(server);
        return link;
    }

    /// <summary>Says where the link leads.</summary>
    public void ConnectTo(Uri server)
    {
        ArgumentNullException.ThrowIfNull(server);
        _target.SetResult(new IPEndPoint(IPAddress.Loopback, server.Port));
    }

    /// <summary>Cuts all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptAsync(_closing.Token);
                int number = Interlocked.Increment(ref _accepted);
                _connections[number] = ServeAsync(client, number);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A client that left before it was accepted, or the end.
            }
        }
    }

    private async Task ServeAsync(Socket client, int number)
    {
        await Task.Yield();
        using Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using CancellationTokenSource cut = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            client.NoDelay = true;

            // The kernel has answered the client already; on a real line the first byte could only have been sent a round trip later.
            long opened = TimeProvider.System.GetTimestamp();
            await server.ConnectAsync(await _target.Task.WaitAsync(cut.Token), cut.Token);
            TimeSpan oneWay = _shape.RoundTrip / 2;
            LinkDirection up = new(client, server, oneWay, _shape.UploadBytesPerSecond, opened, opening: _shape.RoundTrip, _ => { });
            LinkDirection down = new(server, client, oneWay, _shape.BytesPerSecond, opened, opening: TimeSpan.Zero, Count);
            await Task.WhenAll(up.RunAsync(cut), down.RunAsync(cut));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // A side is gone; the other one learns it below.
        }
        finally
        {
            if (cut.IsCancellationRequested)
            {
                // Both learn of a cut as a reset, at once.
                Reset(client);
                Reset(server);
            }

            client.Dispose();
            _connections.TryRemove(number, out _);
        }
    }

    private void Count(int bytes) => Interlocked.Add(ref _bytesToClients, bytes);

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }
}
