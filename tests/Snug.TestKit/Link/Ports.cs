using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Snug.TestKit;

/// <summary>Addresses where nobody answers.</summary>
public static class Ports
{
    /// <summary>An address that refuses connections: its port was free a moment ago.</summary>
    public static Uri Refusing()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}"));
    }
}
