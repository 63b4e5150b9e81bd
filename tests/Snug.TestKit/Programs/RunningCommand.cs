using System.Diagnostics;

namespace Snug.TestKit;

/// <summary>A program under way.</summary>
public sealed class RunningCommand : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _peakMemory;

    private RunningCommand(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="program">The program, found as a shell would.</param>
    /// <param name="arguments">Its arguments, one by one.</param>
    /// <param name="environment">Variables to add; <see langword="null"/> as a value takes one away.</param>
    /// <param name="folder">Where it runs.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static RunningCommand Start(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>>? environment = null, string? folder = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder ?? "",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return new RunningCommand(Process.Start(start)!);
    }

    /// <summary>Gives it something to read, and the end of its input.</summary>
    public async Task WriteInputAsync(string? input, CancellationToken cancellationToken = default)
    {
        try
        {
            await _process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read to the end.
        }
    }

    /// <summary>Ends it at once, with what it started: SIGKILL, which no program can catch.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Waits for its end.</summary>
    public async Task<CommandResult> WaitAsync(CancellationToken cancellationToken = default)
    {
        Task ended = _process.WaitForExitAsync(cancellationToken);
        while (!ended.IsCompleted)
        {
            SampleMemory();
            await Task.WhenAny(ended, Task.Delay(20, CancellationToken.None));
        }

        await ended;
        return new CommandResult(
            _process.ExitCode,
            await _output.WaitAsync(cancellationToken),
            await _error.WaitAsync(cancellationToken),
            TimeProvider.System.GetElapsedTime(_started),
            _peakMemory);
    }

    /// <summary>Kills it when it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The system forgets the peak when the process ends, so it is asked while it lives.</summary>
    private void SampleMemory()
    {
        try
        {
            _process.Refresh();
            _peakMemory = Math.Max(_peakMemory, Math.Max(_process.PeakWorkingSet64, _process.WorkingSet64));
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }
    }
}
