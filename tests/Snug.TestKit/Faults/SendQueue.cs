using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Snug.TestKit;

/// <summary>What the kernel still holds of what was sent over a connection; a reset discards it.</summary>
internal static class SendQueue
{
    private const string Table = "/proc/net/tcp";

    /// <summary>Whether everything that the socket was given has reached the other side, as far as this system tells (Linux, IPv4).</summary>
    public static bool IsEmpty(Socket socket)
    {
        if (!File.Exists(Table) || socket.LocalEndPoint is not IPEndPoint local || socket.RemoteEndPoint is not IPEndPoint remote)
        {
            return true;
        }

        // "sl local_address rem_address st tx_queue:rx_queue …", all in hexadecimal digits.
        foreach (string line in File.ReadLines(Table).Skip(1))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (PortOf(fields[1]) == local.Port && PortOf(fields[2]) == remote.Port)
            {
                return fields[4].StartsWith("00000000:", StringComparison.Ordinal);
            }
        }

        return true;
    }

    private static int PortOf(string address) => int.Parse(address.AsSpan(address.IndexOf(':', StringComparison.Ordinal) + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
