using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Snug.Bench;

/// <summary>The running server process.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly Process _process;

    private BenchServer(Process process, ServeCommand.Addresses addresses)
    {
        _process = process;
        Addresses = addresses;
    }

    public ServeCommand.Addresses Addresses { get; }

    /// <summary>The processor time that the server has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<BenchServer> StartAsync(Contents contents)
    {
        string[] arguments =
        [
            "serve", "--large", contents.LargeSize.ToString(CultureInfo.InvariantCulture), "--small", contents.SmallCount.ToString(CultureInfo.InvariantCulture),
        ];
        Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? line = await process.StandardOutput.ReadLineAsync();
        return line is null
            ? throw new InvalidOperationException("The server did not start.")
            : new BenchServer(process, JsonSerializer.Deserialize<ServeCommand.Addresses>(line)!);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
