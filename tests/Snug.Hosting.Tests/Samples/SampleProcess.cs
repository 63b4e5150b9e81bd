using System.Diagnostics;
using System.Text;

namespace Snug.Hosting.Tests;

/// <summary>A sample, started as a program of its own, with what it writes.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _err = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _output;
    private readonly Task _error;

    private SampleProcess(Process process)
    {
        _process = process;
        _output = ReadAsync(process.StandardOutput, _out);
        _error = ReadAsync(process.StandardError, _err);
    }

    /// <summary>What it has written so far, both streams.</summary>
    public string Text => Read(_text);

    /// <summary>What it has written to standard output so far.</summary>
    public string Output => Read(_out);

    /// <summary>What it has written to standard error so far.</summary>
    public string Error => Read(_err);

    /// <summary>Starts a sample that knows one hub and one cache, and nothing else of the environment.</summary>
    /// <param name="name">The name of its assembly.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="environment">More variables.</param>
    public static SampleProcess Start(string name, ModelHub hub, params (string Name, string? Value)[] environment) => Start(name, hub, [], environment);

    /// <summary>Starts a sample with arguments.</summary>
    public static SampleProcess Start(string name, ModelHub hub, string[] arguments, params (string Name, string? Value)[] environment) =>
        StartIn(hub.Cache.Root, name, hub, arguments, environment);

    /// <summary>Starts a sample in a folder.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="name">The name of its assembly.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">More variables; <see langword="null"/> takes one away.</param>
    public static SampleProcess StartIn(string folder, string name, ModelHub hub, string[] arguments, params (string Name, string? Value)[] environment)
    {
        DirectoryInfo configuration = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string assembly = Path.Join(configuration.Parent!.Parent!.FullName, name, configuration.Name, name + ".dll");
        ProcessStartInfo start = new("dotnet", ["exec", assembly, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        foreach (string variable in start.Environment.Keys.Where(key => key.StartsWith("HF_", StringComparison.Ordinal) || key.StartsWith("HUGGING", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        start.Environment["HF_ENDPOINT"] = hub.Hub.Endpoint.AbsoluteUri;
        start.Environment["HF_HUB_CACHE"] = hub.Cache.Root;
        start.Environment["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        start.Environment["Snug__MaxRetries"] = "0";
        foreach ((string variable, string? value) in environment)
        {
            if (value is null)
            {
                start.Environment.Remove(variable);
            }
            else
            {
                start.Environment[variable] = value;
            }
        }

        return new SampleProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended before; the message has what it wrote.</exception>
    public async Task<Uri> ListeningAsync()
    {
        await Task.WhenAny(_address.Task, _process.WaitForExitAsync(TestContext.Current.CancellationToken));
        return _address.Task.IsCompletedSuccessfully ? await _address.Task : throw new InvalidOperationException($"It has ended.\n{Text}");
    }

    /// <summary>Asks it to end, as the stop of a container does, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!;
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await EndAsync();
    }

    /// <summary>Waits for its end and gives its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAll(_output, _error);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string Read(StringBuilder text)
    {
        lock (_lock)
        {
            return text.ToString();
        }
    }

    private async Task ReadAsync(StreamReader reader, StringBuilder own)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _text.Append(line).Append('\n');
                own.Append(line).Append('\n');
            }

            int start = line.IndexOf(Listening, StringComparison.Ordinal);
            if (start >= 0)
            {
                _address.TrySetResult(new Uri(line[(start + Listening.Length)..].Trim()));
            }
        }
    }
}
