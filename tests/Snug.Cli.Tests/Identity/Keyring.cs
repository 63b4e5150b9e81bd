using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>
/// A Secret Service with a message bus of its own, started for the first test that needs it. The programs that this process starts find it, and none
/// but those that ask for a keychain look for it.
/// </summary>
public sealed class Keyring : IAsyncDisposable
{
    private const string Bus = "DBUS_SESSION_BUS_ADDRESS";

    /// <summary>Ends with this process, because then its standard input does.</summary>
    private const string Service = """
        printf test | gnome-keyring-daemon --unlock --components=secrets > /dev/null 2>&1
        echo "$DBUS_SESSION_BUS_ADDRESS" > address.tmp
        mv address.tmp address.txt
        exec cat > /dev/null
        """;

    private readonly TempFolder _folder = new();
    private readonly SemaphoreSlim _turn = new(1);
    private RunningCommand? _service;
    private string? _usualBus;

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            Environment.SetEnvironmentVariable(Bus, _usualBus);
            await _service.DisposeAsync();
        }

        _turn.Dispose();
        _folder.Dispose();
    }

    /// <summary>Puts a token there, as whoever made it may have done; the test is skipped where there is no service.</summary>
    internal async Task KeepAsync(string token)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "The keychain of this system has no service to run just for a test.");
        await Tool.DBusSession.RequireAsync();
        await Tool.GnomeKeyring.RequireAsync();
        await Tool.SecretTool.RequireAsync();
        await StartAsync();
        CommandResult stored = await CommandRunner.RunAsync(
            "secret-tool", ["store", "--label=huggingface_token", "service", "huggingface_token"], input: token, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (stored.ExitCode, stored.Error));
    }

    private async Task StartAsync()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_service is not null)
            {
                return;
            }

            string run = Directory.CreateDirectory(Path.Join(_folder.Path, "run")).FullName;
            _service = RunningCommand.Start(
                "dbus-run-session",
                ["--", "sh", "-c", Service],
                [new("HOME", _folder.Path), new("XDG_DATA_HOME", Path.Join(_folder.Path, "data")), new("XDG_RUNTIME_DIR", run)],
                _folder.Path);
            string address = Path.Join(_folder.Path, "address.txt");
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(60));
            while (!File.Exists(address))
            {
                await Task.Delay(20, patience.Token);
            }

            _usualBus = Environment.GetEnvironmentVariable(Bus);
            Environment.SetEnvironmentVariable(Bus, (await File.ReadAllTextAsync(address, cancellation)).Trim());
        }
        finally
        {
            _turn.Release();
        }
    }
}
