using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Snug.Bench;

/// <summary>What the machine can do at best, measured in the same run: no download is faster than the slowest of these.</summary>
/// <param name="Hash">SHA-256 on one core, in bytes per second.</param>
/// <param name="Write">Writing a new file of the large size to the work folder, in bytes per second.</param>
/// <param name="Loopback">One TCP connection over loopback, in bytes per second.</param>
internal sealed record Limits(double Hash, double Write, double Loopback)
{
    private const int Chunk = 1 << 20;
    private const int HashChunks = 512;
    private const int LoopbackChunks = 2048;

    public static async Task<Limits> MeasureAsync(string folder, long length)
    {
        byte[] buffer = new byte[Chunk];
        Random.Shared.NextBytes(buffer);
        return new Limits(
            Rate((long)Chunk * HashChunks, Hashing(buffer)),
            Rate(length, Writing(buffer, folder, length)),
            Rate((long)Chunk * LoopbackChunks, await SendingAsync(buffer)));
    }

    private static double Rate(long bytes, TimeSpan time) => bytes / time.TotalSeconds;

    private static TimeSpan Hashing(byte[] buffer)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(buffer);
        long began = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < HashChunks; i++)
        {
            hash.AppendData(buffer);
        }

        return TimeProvider.System.GetElapsedTime(began);
    }

    private static TimeSpan Writing(byte[] buffer, string folder, long length)
    {
        string path = Path.Join(folder, "limit.bin");
        long began = TimeProvider.System.GetTimestamp();
        using (FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            for (long left = length; left > 0; left -= Chunk)
            {
                stream.Write(buffer, 0, (int)Math.Min(left, Chunk));
            }
        }

        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(began);
        File.Delete(path);
        return elapsed;
    }

    private static async Task<TimeSpan> SendingAsync(byte[] buffer)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient client = new();
        Task<TcpClient> accepting = listener.AcceptTcpClientAsync();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient server = await accepting;
        long began = TimeProvider.System.GetTimestamp();
        Task sending = Task.Run(() =>
        {
            for (int i = 0; i < LoopbackChunks; i++)
            {
                server.Client.Send(buffer);
            }

            server.Client.Shutdown(SocketShutdown.Send);
        });
        byte[] received = new byte[Chunk];
        while (client.Client.Receive(received) > 0)
        {
        }

        await sending;
        return TimeProvider.System.GetElapsedTime(began);
    }
}
